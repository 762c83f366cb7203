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
