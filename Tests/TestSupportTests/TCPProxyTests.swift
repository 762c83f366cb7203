import Testing

@testable import TestSupport

@Suite("A proxy", .timeLimit(.minutes(2)))
struct TCPProxyTests {
    /// A server that sends back what it gets is Redis with ECHO.
    private func withProxy(
        seed: UInt64 = 1,
        _ body: (TCPProxy, () throws -> RedisProbe) async throws -> Void
    ) async throws {
        try await withRedis { server in
            let proxy = try TCPProxy(to: server.port, seed: seed)
            defer { proxy.close() }
            try await body(proxy) { try RedisProbe(port: proxy.port, limit: .seconds(10)) }
        }
    }

    @Test("passes everything on, in single bytes too")
    func passes() async throws {
        try await withProxy { proxy, connect in
            let text = String(repeating: "0123456789", count: 1_000)
            for rule in [ProxyRule.open, ProxyRule(sliceBytes: 1)] {
                proxy.set(rule)
                let probe = try connect()
                #expect(try probe.command("ECHO", text).text == text)
            }
            #expect(proxy.connectionCount == 2)
        }
    }

    @Test("keeps back what it must not pass on, one way or both, for one connection or all")
    func stalls() async throws {
        try await withProxy { proxy, connect in
            let (first, second) = (try connect(), try connect())
            try first.command("SET", "k", "0")
            try second.command("PING")
            let numbers = proxy.connections
            #expect(numbers == [1, 2])
            proxy.set(.stalled, for: 1)
            try first.send([Array("INCR".utf8), Array("k".utf8)])
            #expect(try second.command("GET", "k").text == "0")
            proxy.set(ProxyRule(stalled: [.toClient]), for: 1)
            try await eventually("the command went through") {
                try second.command("GET", "k").text == "1"
            }
            proxy.set(.open)
            #expect(try first.receive().integer == 1)
        }
    }

    @Test("resets and ends connections after any number of bytes, and refuses new ones")
    func cuts() async throws {
        try await withProxy { proxy, connect in
            let reply = 7
            for count in 0..<reply {
                proxy.set(ProxyRule(resetAfterBytes: count))
                #expect(throws: SocketFailure.self) { try connect().command("PING") }
                proxy.set(ProxyRule(endAfterBytes: count))
                #expect(throws: RedisProbe.Closed.self) { try connect().command("PING") }
            }
            proxy.set(.open)
            let probe = try connect()
            try probe.command("PING")
            proxy.cut()
            #expect(throws: SocketFailure.self) { try probe.command("PING") }
            #expect(proxy.connections.isEmpty)
            proxy.refuse(true)
            #expect(throws: SocketFailure.self) { try connect().command("PING") }
            proxy.refuse(false)
            let next = try connect()
            #expect(try next.command("PING").text == "PONG")
        }
    }

    @Test("counts from the moment a rule was set")
    func counts() async throws {
        try await withProxy { proxy, connect in
            let probe = try connect()
            try probe.command("ECHO", "something long")
            proxy.set(ProxyRule(resetAfterBytes: 8))
            #expect(try probe.command("PING").text == "PONG")
            #expect(throws: (any Error).self) { try probe.command("PING") }
        }
    }

    @Test("turns the same bits for the same seed")
    func flips() async throws {
        var found: [[UInt8]] = []
        for seed in [7, 7, 8] as [UInt64] {
            var flow = ProxyFlow()
            var generator = SeededGenerator(seed: seed)
            let rule = ProxyRule(flipsOneBitIn: 10)
            flow.take([UInt8](repeating: 0, count: 1_000), under: rule, at: .now, using: &generator)
            found.append(Array(flow.ready(.max, at: .now)))
        }
        #expect(found[0] == found[1])
        #expect(found[0] != found[2])
        #expect((50...200).contains(found[0].count { $0 != 0 }))
        #expect(found[0].allSatisfy { $0.nonzeroBitCount <= 1 })
    }

    @Test("keeps bytes as long as they are under way")
    func latency() async throws {
        var flow = ProxyFlow()
        var generator = SeededGenerator(seed: 1)
        let now = ContinuousClock.now
        flow.take([1, 2], under: ProxyRule(latency: .seconds(1)), at: now, using: &generator)
        #expect(flow.ready(.max, at: now).isEmpty)
        #expect(flow.ready(1, at: now + .seconds(1)) == [1])
    }
}
