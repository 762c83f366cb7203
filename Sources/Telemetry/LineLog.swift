import Dispatch
import Glibc
import Synchronization

/// Writes records as lines to a file descriptor, from a thread of its own.
///
/// A reader of the log that stands still must not stop the program: beyond `maxPending` lines the
/// new ones are dropped, and the first line that gets through again says how many.
public final class LineLog: LogSink {
    /// How many lines may wait for a slow reader.
    static let maxPending = 10_000

    private let descriptor: Int32
    private let format: LogFormat
    private let queue = DispatchQueue(label: "log")
    private let currentLevel: Atomic<Int>
    private let pending = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)
    private let allDropped = Atomic<Int>(0)

    /// A log on an open descriptor, which it does not close.
    public init(descriptor: Int32, format: LogFormat, level: LogLevel) {
        self.descriptor = descriptor
        self.format = format
        currentLevel = Atomic(level.rawValue)
    }

    /// The least level worth a record; may be changed at any time.
    public var level: LogLevel {
        get { LogLevel(rawValue: currentLevel.load(ordering: .relaxed)) ?? .info }
        set { currentLevel.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// How many lines a slow reader has cost so far.
    public var droppedCount: Int { allDropped.load(ordering: .relaxed) }

    /// Queues the record's line.
    public func write(_ record: LogRecord) {
        guard pending.load(ordering: .relaxed) < Self.maxPending else {
            dropped.add(1, ordering: .relaxed)
            allDropped.add(1, ordering: .relaxed)
            return
        }
        pending.add(1, ordering: .relaxed)
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        queue.async { [self, time] in
            emit(format.line(record, at: time))
            pending.subtract(1, ordering: .relaxed)
            let lost = dropped.exchange(0, ordering: .relaxed)
            guard lost > 0 else { return }
            let field = LogRecord.Field(name: "lines", value: .integer(lost))
            let notice = LogRecord(
                level: .warning,
                message: "log lines dropped, the reader is too slow",
                fields: [field]
            )
            emit(format.line(notice, at: time))
        }
    }

    /// Waits until all that was written before is out, for a second at most.
    public func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + .seconds(1))
    }

    private func emit(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                // Nobody reads the log any more: there is nowhere left to say so.
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}
