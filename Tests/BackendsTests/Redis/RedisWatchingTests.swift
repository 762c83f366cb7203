import Backends
import EventLoop
import Jobs
import RedisClient
import Synchronization
import Telemetry
import TestSupport
import Testing

/// What a source over streams knows of their flow, and what becomes of it when no jobs come.
@Suite struct RedisWatchingTests {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(name: "watched") }

    /// A source that reads over `readerURL`, and never loses patience with its server.
    private func source(_ server: RedisServer, readerURL: String? = nil) throws -> RedisStreamSource
    {
        var reading = try RedisConfiguration(url: readerURL ?? server.url)
        reading.commandTimeout = .seconds(600)
        return RedisStreamSource(
            reader: RedisConnection(reading, on: loop),
            writer: RedisConnection(try RedisConfiguration(url: server.url), on: loop),
            keys: ControlKeys(),
            options: RedisStreamSource.Options(consumer: "watched")
        )
    }

    private func add(_ event: String, to server: RedisServer) throws {
        try server.probe().command("XADD", "{cw}:jobs:warm", "*", "event", event)
    }

    /// The events of the next batch, which is done then.
    private func take(_ source: RedisStreamSource) async throws -> [String] {
        let batch = try await source.batch()
        let texts = batch.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
        try await batch.settle(Array(repeating: .done, count: texts.count))
        return texts
    }

    /// Waits until a read waits in the server.
    private func untilReading(_ server: RedisServer) async throws {
        try await eventually("the source waits for jobs") {
            try server.probe().command("CLIENT", "LIST").text?.contains("cmd=xreadgroup") == true
        }
    }

    @Test func `a flow tells whether jobs wait, whether they are asked for, and how many came`()
        async throws
    {
        try await withRedis { server in
            let source = try source(server)
            let idle = try #require(await source.flows().first)
            #expect(!idle.hasWork && !idle.hasCredit && idle.progress.jobs == 0)
            try add("1", to: server)
            let waiting = try #require(await source.flows().first)
            #expect(waiting.hasWork && !waiting.hasCredit)
            let batch = try await source.batch()
            let taken = try #require(await source.flows().first)
            #expect(!taken.hasWork && !taken.hasCredit && taken.progress.jobs == 1)
            try await batch.settle([.done])
            async let next = take(source)
            try await untilReading(server)
            let asking = try #require(await source.flows().first)
            #expect(!asking.hasWork && asking.hasCredit && asking.progress.jobs == 1)
            try add("2", to: server)
            #expect(try await next == ["2"])
            await source.stop()
            #expect(await source.flows().isEmpty)
            await source.close()
        }
    }

    @Test func `a server that refuses to hand out jobs gives no credit, and one that is away none`()
        async throws
    {
        try await withRedis { primary in
            try await withRedis { server in
                let source = try source(server)
                try add("1", to: server)
                try await source.batch().settle([.done])
                try add("2", to: server)
                // As after a fail-over: it can be read, and not written to.
                try server.probe().command("REPLICAOF", "127.0.0.1", "\(primary.port)")
                try server.probe().command("CONFIG", "SET", "replica-serve-stale-data", "yes")
                await #expect(throws: SourceError.self) {
                    _ = try await source.nextBatch()
                }
                for flow in await source.flows() { #expect(!flow.hasCredit) }
                try server.probe().command("REPLICAOF", "NO", "ONE")
                await server.kill()
                #expect(await source.flows().isEmpty)
                await source.close()
            }
        }
    }

    @Test func `a reader whose answers never come is replaced, and jobs come by itself`()
        async throws
    {
        try await withRedis { server in
            let proxy = try TCPProxy(to: server.port)
            defer { proxy.close() }
            let source = try source(server, readerURL: server.url(through: proxy))
            try add("1", to: server)
            try await source.batch().settle([.done])
            let events = Mutex<[StallEvent]>([])
            let watchdog = Watchdog(
                over: [source],
                timeout: .milliseconds(600),
                logger: Logger(SilentLog()),
                tell: { event in events.withLock { $0.append(event) } }
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await source.run() }
                group.addTask { await watchdog.run() }
                async let lost = take(source)
                try await untilReading(server)
                let connection = try #require(proxy.connections.last)
                proxy.set(ProxyRule(stalled: [.toClient]), for: connection)
                // The first is given to a reader that never hears of it, the others wait.
                try add("2", to: server)
                try await eventually("the first is handed out") {
                    let pending = try server.probe()
                        .command("XPENDING", "{cw}:jobs:warm", "workers")
                    return pending.elements.first?.integer == 1
                }
                try add("3", to: server)
                // Its read has failed with the connection; a worker asks again.
                var texts = (try? await lost) ?? []
                while texts.count < 2 { texts += (try? await take(source)) ?? [] }
                #expect(texts == ["2", "3"])
                #expect(
                    events.withLock { $0.first }
                        == .stalled(
                            source: "stream",
                            queue: "invalidate+warm+cleanup+task",
                            .consumer
                        )
                )
                #expect(!events.withLock { $0.contains { Self.isExit($0) } })
                await source.close()
                group.cancelAll()
            }
        }
    }

    private static func isExit(_ event: StallEvent) -> Bool {
        if case .stalled(_, _, .exit) = event { true } else { false }
    }
}
