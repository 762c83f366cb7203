import Conformance
import Jobs
import TestSupport
import Testing

@testable import Backends

@Suite struct RedisScheduleTests {
    @Test(arguments: ScheduleConformance.checks)
    func `the schedule on Redis keeps the promises of every schedule`(
        check: Check<ScheduleServer>
    ) async throws {
        try await withRedis { server in try await check.run(on: ScheduleServer(server)) }
    }

    @Test(arguments: [199, 200, 401])
    func `old runs of many entries go in steps, on a full server too`(count: Int) async throws {
        try await withRedis { server in
            let probe = try server.probe()
            try probe.pipeline(
                (0..<count)
                    .flatMap { number in
                        [
                            ["ZADD", "{cw}:schedule:names", "0", "e\(number)"],
                            ["ZADD", "{cw}:schedule:runs:e\(number)", "1", "1 1 due done 1"],
                            ["ZADD", "{cw}:schedule:runs:e\(number)", "2", "2 2 due done 2"],
                        ]
                    }
            )
            try probe.command("CONFIG", "SET", "maxmemory", "1")
            let store = try ScheduleServer(server).store
            #expect(try await store.trimHistory(olderThan: .seconds(60)) == count)
            #expect(try await store.trimHistory(olderThan: .seconds(60)) == 0)
        }
    }
}

extension ScheduleServer {
    /// The schedule on a real server, whose events are those of the streams.
    init(_ server: RedisServer) throws {
        let parts = try RedisParts(server)
        let schedule = RedisSchedule(
            connection: parts.connection,
            keys: parts.keys,
            zones: NoZones()
        )
        self.init(store: schedule) {
            let probe = try server.probe()
            var decoder = EventDecoder()
            var events: [Event] = []
            for kind in JobKind.allCases {
                let stream = try probe.command("XRANGE", parts.keys.stream(of: kind), "-", "+")
                for entry in stream.elements {
                    let text = entry.elements.last?.elements.last?.text ?? ""
                    events.append(try decoder.decode(Array(text.utf8)[...]))
                }
            }
            return events
        }
    }
}
