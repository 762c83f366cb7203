import TestSupport
import Testing

@Suite("The broker of the tests", .timeLimit(.minutes(5)))
struct RabbitMQServerTests {
    @Test("keeps a message in a virtual host of its own", arguments: ["classic", "quorum"])
    func virtualHost(kind: String) async throws {
        try await withVirtualHost { host in
            try await host.declareQueue(
                "q",
                arguments: "[{<<\"x-queue-type\">>, longstr, <<\"\(kind)\">>}]"
            )
            try await host.publish("hello", to: "", routingKey: "q")
            try await eventually("the message is counted") {
                try await host.depth(of: "q")
                    == QueueDepth(ready: 1, unacknowledged: 0, consumers: 0)
            }
            #expect(try await host.get("q") == "hello")
            #expect(try await host.get("q") == nil)
            #expect(try await host.depth(of: "absent") == nil)
            try await host.closeConnections()
        }
    }

    @Test("has one process however many tests ask for it")
    func shared() async throws {
        async let first = RabbitMQServer.shared()
        async let second = RabbitMQServer.shared()
        let (one, other) = try await (first, second)
        #expect(one === other)
    }

    @Test("a private one survives an alarm, a pause, a crash and a restart with its queues")
    func faults() async throws {
        try await withRabbitMQ { server in
            let host = try await server.makeVirtualHost()
            try await host.declareQueue("q")
            try await server.setMemoryAlarm(true)
            #expect(try await server.evaluate("rabbit_alarm:get_alarms()").contains("memory"))
            try await server.setMemoryAlarm(false)
            #expect(try await server.evaluate("rabbit_alarm:get_alarms()") == "[]")
            server.pause()
            server.resume()
            // A definition is on disk some time after it was made: a crash before loses it.
            _ = try await server.evaluate("mnesia:dump_log()")
            await server.kill()
            #expect(!FreePort.accepts(server.port))
            try await server.restart()
            #expect(try await host.depth(of: "q") != nil)
        }
    }
}
