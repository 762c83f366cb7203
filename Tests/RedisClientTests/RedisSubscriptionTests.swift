import EventLoop
import RedisClient
import Telemetry
import TestSupport
import Testing

/// Subscriptions on a real server.
@Suite struct RedisSubscriptionTests {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(name: "redis") }

    private func subscription(
        _ server: RedisServer,
        change: (inout RedisSubscriptionOptions) -> Void = { _ in }
    ) throws -> RedisSubscription {
        var configuration = try RedisConfiguration(url: server.url)
        configuration.backoff = ReconnectBackoff(
            base: .milliseconds(5),
            cap: .milliseconds(50),
            hopelessCap: .milliseconds(50)
        )
        var options = RedisSubscriptionOptions(channels: ["news"], patterns: ["p.*"])
        change(&options)
        return RedisSubscription(configuration, options, on: loop)
    }

    /// The next event as a short text.
    private func next(_ subscription: RedisSubscription) async -> String {
        switch await subscription.next() {
        case .connected(let generation): "connected \(generation)"
        case .message(let message):
            ([message.pattern, message.channel, message.payload] as [ArraySlice<UInt8>?])
                .compactMap { $0.map { String(decoding: $0, as: UTF8.self) } }
                .joined(separator: " ")
        case .changed(let keys):
            "changed "
                + (keys?.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
                    ?? "everything")
        case .disconnected(let error): "disconnected \(error.isRetriable)"
        case nil: "end"
        }
    }

    @Test func `messages arrive in order, with their channel and pattern`() async throws {
        try await withRedis { server in
            let subscription = try subscription(server)
            #expect(await next(subscription) == "connected 1")
            let probe = try server.probe()
            try probe.command("PUBLISH", "news", "a")
            try probe.command("PUBLISH", "p.1", "b")
            try probe.command("PUBLISH", "other", "x")
            try probe.command("PUBLISH", "news", "")
            #expect(await next(subscription) == "news a")
            #expect(await next(subscription) == "p.* p.1 b")
            #expect(await next(subscription) == "news ")
            await subscription.close()
            await subscription.close()
            #expect(await next(subscription) == "end")
        }
    }

    @Test func `changes of tracked keys are told, and that the server was emptied`()
        async throws
    {
        try await withRedis { server in
            let subscription = RedisSubscription(
                try RedisConfiguration(url: server.url),
                RedisSubscriptionOptions(trackedPrefixes: ["a:", "b:"]),
                on: loop
            )
            #expect(await next(subscription) == "connected 1")
            let probe = try server.probe()
            try probe.command("MSET", "a:1", "x", "c:1", "x", "a:2", "x")
            let both = await next(subscription).split(separator: " ")
            #expect(Set(both) == ["changed", "a:1", "a:2"])
            try probe.command("PUBLISH", "__redis__:invalidate", "by somebody")
            #expect(await next(subscription) == "__redis__:invalidate by somebody")
            try probe.command("FLUSHDB")
            #expect(await next(subscription) == "changed everything")
            try probe.command("CLIENT", "KILL", "TYPE", "pubsub")
            #expect(await next(subscription) == "disconnected true")
            #expect(await next(subscription) == "connected 2")
            try probe.command("SET", "b:1", "x")
            #expect(await next(subscription) == "changed b:1")
            await subscription.close()
        }
    }

    @Test func `a killed connection is heard between the messages, and so is its successor`()
        async throws
    {
        try await withRedis { server in
            let subscription = try subscription(server)
            let probe = try server.probe()
            #expect(await next(subscription) == "connected 1")
            for generation in 2...4 {
                try probe.command("PUBLISH", "news", "before \(generation)")
                try probe.command("CLIENT", "KILL", "TYPE", "pubsub")
                #expect(await next(subscription) == "news before \(generation)")
                #expect(await next(subscription) == "disconnected true")
                #expect(await next(subscription) == "connected \(generation)")
            }
        }
    }

    @Test func `a silent server is given up, and heard again when it wakes`() async throws {
        try await withRedis { server in
            let subscription = try subscription(server) {
                $0.pingInterval = .milliseconds(50)
                $0.pingTimeout = .milliseconds(150)
            }
            #expect(await next(subscription) == "connected 1")
            server.pause()
            #expect(await next(subscription) == "disconnected true")
            server.resume()
            #expect(await next(subscription).hasPrefix("connected"))
        }
    }

    @Test func `an idle subscription stays connected by its pings`() async throws {
        try await withRedis { server in
            let subscription = try subscription(server) {
                $0.pingInterval = .milliseconds(5)
                $0.pingTimeout = .seconds(5)
            }
            #expect(await next(subscription) == "connected 1")
            let probe = try server.probe()
            try await eventually("many pings have been answered") {
                let stats = try probe.command("INFO", "commandstats").text ?? ""
                return stats.contains("cmdstat_ping:calls=") && !stats.contains("_ping:calls=1,")
            }
            try probe.command("PUBLISH", "news", "still here")
            #expect(await next(subscription) == "news still here")
        }
    }

    @Test func `a subscriber that falls behind loses the connection, not the memory`()
        async throws
    {
        try await withRedis { server in
            let subscription = try subscription(server) { $0.maxBufferedMessages = 100 }
            #expect(await next(subscription) == "connected 1")
            let probe = try server.probe()
            try probe.pipeline((0..<1000).map { ["PUBLISH", "news", "\($0)"] })
            try await eventually("the connection has been given up") {
                try probe.command("PUBSUB", "NUMSUB", "news").elements.last == .integer(0)
            }
            for number in 0..<100 { #expect(await next(subscription) == "news \(number)") }
            #expect(await next(subscription) == "disconnected true")
            #expect(await next(subscription).hasPrefix("connected"))
            try probe.command("PUBLISH", "news", "fresh")
            #expect(await next(subscription) == "news fresh")
        }
    }

    @Test func `a user without the right to the channel is told so once`() async throws {
        try await withRedis { server in
            try server.probe().command("ACL", "SETUSER", "w", "on", ">pw", "+@all", "resetchannels")
            var configuration = try RedisConfiguration(url: server.url)
            configuration.user = "w"
            configuration.password = "pw"
            let subscription = RedisSubscription(
                configuration,
                RedisSubscriptionOptions(channels: ["news"]),
                on: loop
            )
            guard case .disconnected(let error) = await subscription.next() else {
                Issue.record("a refusal was expected")
                return
            }
            #expect(error.code == .server(.noPermission))
            #expect(!error.isRetriable)
        }
    }

    @Test func `a cancelled reader stops waiting`() async throws {
        try await withRedis { server in
            let subscription = try subscription(server)
            #expect(await next(subscription) == "connected 1")
            let reader = Task { await subscription.next() == nil }
            reader.cancel()
            #expect(await reader.value)
        }
    }
}
