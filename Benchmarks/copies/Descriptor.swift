import Glibc

/// A file descriptor that is never waited for.
struct Descriptor: Sendable {
    let number: Int32

    /// Standard input, from now on without waiting.
    static func standardInput() -> Descriptor {
        _ = fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK)
        return Descriptor(number: STDIN_FILENO)
    }

    /// A pipe with a name, open at both ends: it never ends, whoever comes and goes.
    init(pipe path: String, isForReading: Bool) throws(SystemError) {
        let flags = isForReading ? O_RDWR | O_NONBLOCK : O_RDWR
        number = unsafe path.withCString { unsafe open($0, flags | O_CLOEXEC) }
        guard number >= 0 else { throw SystemError(call: "open \(path)", number: errno) }
    }

    /// A file that is made when it is not there.
    init(file path: String) throws(SystemError) {
        number = unsafe path.withCString { unsafe open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
        guard number >= 0 else { throw SystemError(call: "open \(path)", number: errno) }
    }

    private init(number: Int32) { self.number = number }

    /// What is there now, at most so many words; empty when there is nothing.
    func read(upTo count: Int) -> [UInt64] {
        unsafe [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            let bytes = unsafe Glibc.read(number, buffer.baseAddress, buffer.count * 8)
            initialized = max(0, bytes) / 8
        }
    }

    /// What is there now, as text.
    func readText() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
            initialized = unsafe max(0, Glibc.read(number, buffer.baseAddress, buffer.count))
        }
    }

    /// Writes all; a pipe takes up to 4096 bytes in one piece.
    func write(_ words: [UInt64]) {
        _ = unsafe words.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
    }

    /// Words at a place of a file.
    func read(_ count: Int, at offset: Int) -> [UInt64] {
        unsafe [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            let bytes = unsafe pread(number, buffer.baseAddress, buffer.count * 8, offset)
            initialized = max(0, bytes) / 8
        }
    }

    /// Puts words at a place of a file.
    func write(_ words: [UInt64], at offset: Int) {
        _ = unsafe words.withUnsafeBytes {
            unsafe pwrite(number, $0.baseAddress, $0.count, offset)
        }
    }
}

/// A call of the system that failed.
struct SystemError: Error, CustomStringConvertible {
    let call: String
    let number: Int32

    var description: String { "\(call): errno \(number)" }
}

/// Answers a command with a line.
func answer(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

/// The clock that all processes of a machine share, in nanoseconds.
func monotonicNow() -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// A variable of the environment.
func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}

/// A number in the environment; the node ends when it is not there.
func number(_ name: String) -> Int {
    guard let number = variable(name).flatMap(Int.init) else {
        preconditionFailure("\(name) is not a number")
    }
    return number
}
