import CacheDomain
import EventLoop
import Synchronization
import ValueCoding

/// Makes one kind of call as fast as so many callers can, each a round trip.
///
/// `PORT`, `CALL`, `CALLERS` and `SECONDS` are its settings; it tells how many calls a second that
/// were. No log is followed, so no copy answers.
final class CallRate: Sendable {
    private enum Call: String {
        /// A hundred values at once.
        case many
        /// What is known of a session.
        case session
        /// The life of all that lives as long as a session.
        case touch
        /// Another request in a window of the last ten milliseconds.
        case limit
    }

    private struct Metadata: Codable {
        var userID = "user-456"
        var vectorStoreID = "vs-789"
        var messageCount = 5
    }

    private let values: Cache
    private let chats: ChatCache
    private let call: Call
    private let loop: EventLoop
    private let names = (0..<100).map { "user:\($0)" }
    private let count = Atomic<Int>(0)

    init(on loop: EventLoop) throws {
        guard let call = variable("CALL").flatMap(Call.init) else {
            preconditionFailure("CALL is no call")
        }
        let parts = CachingParts(node: "caller", on: loop)
        self.call = call
        self.loop = loop
        values = Cache(parts.cache, namespace: "app", coder: TextCoder())
        chats = try ChatCache(parts.cache, coder: JSONValueCoder())
    }

    func run() async throws {
        try await values.setValues(names.map { (key: $0, value: "a value of some length") })
        try await chats.setMetadata(Metadata(), forSession: "s")
        try await chats.appendResponse("r", toSession: "s")
        try await chats.cacheHistory(["hello"], forSession: "s")
        try await once()
        let begin = ContinuousClock.now
        let end = begin + .milliseconds(number("SECONDS") * 1000)
        try await withTaskExecutorPreference(loop) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<number("CALLERS") {
                    group.addTask { while ContinuousClock.now < end { try await self.once() } }
                }
                try await group.waitForAll()
            }
        }
        let seconds = begin.duration(to: .now) / .seconds(1)
        answer("\(Double(count.load(ordering: .relaxed)) / seconds)")
    }

    private func once() async throws {
        switch call {
        case .many:
            let found = try await values.values(String.self, forKeys: names)
            precondition(!found.contains(nil), "a value is missing")
        case .session:
            let found = try await chats.metadata(Metadata.self, forSession: "s")
            precondition(found?.messageCount == 5, "the session is missing")
        case .touch:
            let isThere = try await chats.touchSession("s")
            precondition(isThere, "the session is missing")
        case .limit:
            try await chats.incrementRequestCount(forSession: "s", window: .milliseconds(10))
        }
        count.wrappingAdd(1, ordering: .relaxed)
    }
}

/// Texts as their bytes, so that the cache is measured and not a coder.
private struct TextCoder: ValueCoder {
    struct NoText: Error {}

    func encode(_ value: some Encodable) throws -> [UInt8] {
        guard let text = value as? String else { throw NoText() }
        return Array(text.utf8)
    }

    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        guard let value = String(decoding: bytes, as: UTF8.self) as? Value else { throw NoText() }
        return value
    }
}
