import CacheDomain
import Synchronization
import Telemetry
import TestSupport
import Testing

/// What becomes of a change when the cache fails, or its caller leaves.
@Suite(.timeLimit(.minutes(1))) struct InvalidatingTests {
    private let node = LoadingNode()

    /// The lines that were written.
    private final class Lines: LogSink {
        let level = LogLevel.debug
        private let records = Mutex<[LogRecord]>([])

        var messages: [String] { records.withLock { $0.map { "\($0.level) \($0.message)" } } }

        func write(_ record: LogRecord) { records.withLock { $0.append(record) } }
    }

    @Test func `a removal that fails is logged and counted, and the change is done`() async throws {
        let lines = Lines()
        let cache = Cache(node.layer, namespace: "n", coder: TextCoder(), logger: Logger(lines))
        node.store.failChanges(with: StoreError(.unavailable, "away"))
        let change = cache.invalidating([.key("a"), .tag(""), .key("b")]) { (number: Int) in
            number + 1
        }
        #expect(try await change(1) == 2)
        #expect(cache.statistics.errors == 2)
        let message = "error what a change made old is not removed, and lives until its end"
        #expect(lines.messages == Array(repeating: message, count: 3))
    }

    @Test func `a change whose caller is cancelled takes what is cached along`() async throws {
        let cache = Cache(node.layer, namespace: "n", coder: TextCoder())
        try await cache.setValue("old", forKey: "a")
        let (begun, mayEnd) = (Latch(), Latch())
        let change = cache.invalidating([.key("a")]) {
            begun.open()
            await mayEnd.wait()
            try Task.checkCancellation()
        }
        let caller = Task { try await change() }
        await begun.wait()
        caller.cancel()
        mayEnd.open()
        await #expect(throws: CancellationError.self) { try await caller.value }
        #expect(try await node.stored("n:a") == nil)
    }
}
