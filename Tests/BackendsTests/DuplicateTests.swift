import AMQPClient
import Backends
import EventLoop
import Glibc
import Jobs
import RedisClient
import TestSupport
import Testing

/// Events that are published twice, and a process that dies after their effects and before it has
/// acknowledged them.
@Suite(.timeLimit(.minutes(2))) struct DuplicateTests {
    private static let keys = (0..<50).map { "key\($0)" }

    private let events = (keys + keys)
        .map { key in
            Event(id: key, source: "/test", job: .invalidate(Invalidation(keys: [key])))
        }

    @Test func `over a stream each is done once`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            try await StreamPublisher(connection: parts.connection, keys: parts.keys)
                .publish(events)
            let probe = try server.probe()
            let supervisor = Supervisor(["REDIS_URL": server.url, "DIES_AT_SETTLING": "1"])
            try await supervisor.run {
                try await JobStream("invalidate", probe).idle()
                try await eventually("none of them waits") {
                    try probe.command("ZCARD", "{cw}:jobs:delayed").integer == 0
                }
                try await JobStream("invalidate", probe).idle()
            }
            try requireOnce(probe, supervisor)
        }
    }

    @Test func `over a broker each is done once`() async throws {
        try await withRedis { server in
            try await withVirtualHost { host in
                let loop = try EventLoop(name: "amqp")
                let parts = try AMQPParts(host, loop)
                let probe = try server.probe()
                let supervisor = Supervisor([
                    "REDIS_URL": server.url, "AMQP_URL": host.url, "DIES_AT_SETTLING": "1",
                ])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await parts.publisher.run() }
                    try await parts.publisher.waitUntilSetUp(within: .seconds(60))
                    try await AMQPJobPublisher(publisher: parts.publisher, topology: JobTopology())
                        .publish(events)
                    try await supervisor.run {
                        try await eventually("the queues are settled") {
                            var isSettled = true
                            for queue in ["cache.invalidate", "cache.retry.1s"] {
                                let depth = try await host.depth(of: queue)
                                let count = depth.map { $0.ready + $0.unacknowledged }
                                isSettled = isSettled && count == 0
                            }
                            return isSettled
                        }
                    }
                    group.cancelAll()
                }
                try requireOnce(probe, supervisor)
            }
        }
    }

    private func requireOnce(_ probe: RedisProbe, _ supervisor: Supervisor) throws {
        let effects = JobStream.members(try probe.command("HGETALL", "effects").elements)
        #expect(Set(effects.keys) == Set(Self.keys))
        #expect(effects.values.allSatisfy { $0.text == "1" }, "\(effects)")
        #expect(supervisor.exits == [.signal(SIGABRT)])
        #expect(try probe.command("XLEN", "{cw}:jobs:dead").integer == 0)
        #expect(try probe.command("EXISTS", "{cw}:suspects").integer == 0)
    }
}
