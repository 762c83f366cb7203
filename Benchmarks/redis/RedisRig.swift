import EventLoop
import RedisClient

/// Calls the connection from an actor on the connection's own loop.
actor RedisRig: LoopConfined {
    nonisolated let loop: EventLoop
    private let connection: RedisConnection

    init(_ connection: RedisConnection) {
        loop = connection.loop
        self.connection = connection
    }

    func prepare() async throws {
        _ = try await connection.execute(RedisCommand("FLUSHALL"))
        _ = try await connection.execute(RedisCommand("SET", "key", "value"))
    }

    func roundTrips() async throws {
        let get = RedisCommand("GET", "key")
        var samples: [Duration] = []
        for _ in 0..<20_000 {
            let start = ContinuousClock.now
            _ = try await connection.execute(get)
            samples.append(start.duration(to: .now))
        }
        report("GET round trip, p50", samples.sorted()[samples.count / 2], per: 1)
    }

    nonisolated func roundTripsFromThePool() async throws {
        let get = RedisCommand("GET", "key")
        var samples: [Duration] = []
        for _ in 0..<20_000 {
            let start = ContinuousClock.now
            _ = try await connection.execute(get)
            samples.append(start.duration(to: .now))
        }
        report("GET round trip from the pool, p50", samples.sorted()[samples.count / 2], per: 1)
    }

    func callers() async throws {
        let rounds = 5_000
        let connection = connection
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<64 {
                group.addTask {
                    for _ in 0..<rounds {
                        let set = RedisCommand("SET", "caller:\(caller)", "value")
                        _ = try await connection.execute(set)
                    }
                }
            }
            try await group.waitForAll()
        }
        report("SET by 64 callers, each", start.duration(to: .now), per: 64 * rounds)
    }

    /// A batch of 256 jobs as a worker reads it: the fields are looked at, no entry is copied.
    func streamReads() async throws {
        let batches = 400
        var fill = Pipeline()
        fill.append("XGROUP", "CREATE", "stream", "workers", "0", "MKSTREAM")
        let event = #"{"type":"cache.invalidate","data":{"keys":["app:user:123456"]}}"#
        for _ in 0..<256 * batches { fill.append("XADD", "stream", "*", "event", event) }
        _ = try await connection.execute(fill)
        var entries = 0
        var bytes = 0
        var walking = Duration.zero
        let start = ContinuousClock.now
        for _ in 0..<batches {
            let reply = try await connection.execute(
                RedisCommand(
                    "XREADGROUP",
                    "GROUP",
                    "workers",
                    "me",
                    "COUNT",
                    256,
                    "NOACK",
                    "STREAMS",
                    "stream",
                    ">"
                )
            )
            let before = ContinuousClock.now
            let (count, size) = Self.walk(reply)
            walking += before.duration(to: .now)
            entries += count
            bytes += size
        }
        report("XREADGROUP COUNT 256, an entry", start.duration(to: .now), per: entries)
        report("  of it reading the reply", walking, per: entries)
        print("  \(entries) entries, \(bytes) bytes")
    }

    /// The same without a server: what remains is the client.
    func replayedReads() async throws {
        let read = RedisCommand("XREADGROUP")
        let batches = 4_000
        var entries = 0
        let start = ContinuousClock.now
        for _ in 0..<batches { entries += Self.walk(try await connection.execute(read)).entries }
        report("the client alone, an entry", start.duration(to: .now), per: entries)
    }

    static var recordedBatch: [UInt8] {
        let event = #"{"type":"cache.invalidate","data":{"keys":["app:user:123456"]}}"#
        let head = "*1\r\n*2\r\n$6\r\nstream\r\n*256\r\n"
        let entries = (0..<256)
            .map { number in
                "*2\r\n$15\r\n1700000000000-\(number % 10)\r\n*2\r\n$5\r\nevent\r\n"
                    + "$\(event.utf8.count)\r\n\(event)\r\n"
            }
        return Array((head + entries.joined()).utf8)
    }

    private static func walk(_ reply: RedisReply) -> (entries: Int, bytes: Int) {
        var cursor = reply.cursor
        var bytes = 0
        guard cursor.enterArray() == 1, cursor.enterArray() == 2, cursor.bytes() != nil,
            let entries = cursor.enterArray()
        else { return (0, 0) }
        for _ in 0..<entries {
            guard cursor.enterArray() == 2, let id = cursor.bytes(),
                let fields = cursor.enterArray()
            else { return (0, 0) }
            bytes += id.count
            for _ in 0..<fields { bytes += cursor.bytes()?.count ?? 0 }
        }
        return (entries, bytes)
    }

    func scriptCalls() async throws {
        let script = RedisScript("return #KEYS")
        let message = Array(repeating: UInt8(ascii: "x"), count: 6_000)
        let keys = (0..<256).map { ArraySlice(Array("app:user:\(100_000 + $0)".utf8)) }
        let rounds = 5_000
        var building = Duration.zero
        let start = ContinuousClock.now
        for _ in 0..<rounds {
            let before = ContinuousClock.now
            var pipeline = Pipeline()
            pipeline.append(script.call(keys: keys, message))
            building += before.duration(to: .now)
            _ = try await connection.execute(pipeline)
        }
        report("script of 256 keys, a call", start.duration(to: .now), per: rounds)
        report("  of it building the command", building, per: rounds)
    }

    private nonisolated func report(_ what: String, _ total: Duration, per count: Int) {
        let nanoseconds = total / max(count, 1) / .nanoseconds(1)
        print(what + ":", Int(nanoseconds.rounded()), "ns")
    }
}
