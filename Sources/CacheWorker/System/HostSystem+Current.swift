import Glibc

extension HostSystem {
    /// The real one.
    ///
    /// Its random part stays the same as long as the process lives.
    static let current = HostSystem(
        environment: variable,
        readFile: contents,
        hostName: name(),
        processIdentifier: getpid(),
        randomPart: randomDigits(),
        errorsGoToTerminal: isatty(STDERR_FILENO) == 1
    )

    /// Writes a text to standard error; what cannot be written is lost.
    static func writeToStandardError(_ text: String) {
        write(Array(text.utf8), to: STDERR_FILENO)
    }

    /// Writes bytes to standard output as they are, behind what was printed before.
    static func writeToStandardOutput(_ bytes: [UInt8]) {
        fflush(nil)
        write(bytes, to: STDOUT_FILENO)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Opens a file for reading; the caller closes it.
    static func openForReading(_ path: String) throws(FileFault) -> Int32 {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .lastError() }
        return file
    }

    /// Opens a file for writing behind what it holds, and makes it for its owner if it is not
    /// there; the caller closes it.
    static func openForAppending(_ path: String) throws(FileFault) -> Int32 {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .lastWriteError() }
        return file
    }

    /// Writes bytes to a file, and returns when they are on the disk.
    static func append(_ bytes: [UInt8], to file: Int32) throws(FileFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(file, bytes.baseAddress, bytes.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .lastWriteError() }
            rest = rest.dropFirst(count)
        }
        // Pipes and terminals have no disk.
        guard fsync(file) == 0 || errno == EINVAL || errno == EROFS else {
            throw .lastWriteError()
        }
    }

    /// Closes a file that was opened here.
    static func close(_ file: Int32) { _ = Glibc.close(file) }

    private static func randomDigits() -> String {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    @Sendable
    private static func variable(_ name: String) -> String? {
        // Nobody in this program sets variables, so the pointer stays good.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    private static func name() -> String {
        // HOST_NAME_MAX is 64 on Linux.
        var bytes = [CChar](repeating: 0, count: 65)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
        let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: name, as: UTF8.self)
    }

    @Sendable
    private static func contents(
        of path: String,
        maxBytes: Int
    ) throws(FileFault) -> [UInt8] {
        let file = try openForReading(path)
        defer { Glibc.close(file) }
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while contents.count <= maxBytes {
            let count = unsafe read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .lastError() }
            if count == 0 { return contents }
            contents += chunk[..<count]
        }
        throw .tooLarge(maxBytes: maxBytes)
    }
}

extension FileFault {
    fileprivate static func lastError() -> FileFault { .system(lastReason()) }

    fileprivate static func lastWriteError() -> FileFault { .unwritten(lastReason()) }

    private static func lastReason() -> String {
        guard let reason = unsafe strerror(errno) else { return "error \(errno)" }
        return unsafe String(cString: reason)
    }
}
