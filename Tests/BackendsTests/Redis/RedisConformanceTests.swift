import Backends
import CacheDomain
import Conformance
import Jobs
import TestSupport
import Testing

@Suite struct RedisConformanceTests {
    @Test(arguments: StoreConformance.checks)
    func `Redis keeps the promises of every store and log`(
        check: Check<StoreServer>
    ) async throws {
        try await withRedis { server in
            try await check.run(on: store(server, logServer: nil))
        }
    }

    @Test(
        arguments: StoreConformance.ordering + StoreConformance.shuffling
            + StoreConformance.loading + StoreConformance.transactions
    )
    func `data and log on two servers keep the order of changes, too`(
        check: Check<StoreServer>
    ) async throws {
        try await withRedis { server in
            try await withRedis { logServer in
                try await check.run(on: store(server, logServer: logServer))
            }
        }
    }

    @Test(arguments: SourceConformance.checks)
    func `the streams of Redis keep the promises of every source`(
        check: Check<JobServer>
    ) async throws {
        try await withRedis { server in
            try await check.run(on: queue(server))
        }
    }

    @Test(arguments: DeadLetterConformance.checks)
    func `the stream of dead letters keeps the promises of every such store`(
        check: Check<DeadLetterServer>
    ) async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let letters = RedisDeadLetters(connection: parts.connection, keys: parts.keys)
            try await check.run(on: DeadLetterServer(queue: queue(server), store: letters))
        }
    }

    private func store(_ server: RedisServer, logServer: RedisServer?) -> StoreServer {
        StoreServer(
            prefix: "test",
            client: { node in
                let parts = try RedisParts(server, log: logServer, node: node)
                return StoreServer.Client(store: parts.store, log: parts.log)
            },
            addMember: { key, tag in
                _ = try RedisProbe(port: server.port).command("SADD", "cw:tag:\(tag)", key)
            },
            members: { tag in
                try RedisProbe(port: server.port).command("SMEMBERS", "cw:tag:\(tag)").texts
            },
            unsettle: {
                let jobs = try RedisProbe(port: (logServer ?? server).port)
                _ = try jobs.command("XADD", "{cw}:jobs:warm", "*", "event", "under way")
            }
        )
    }

    private func queue(_ server: RedisServer) -> JobServer {
        let stream = "{cw}:jobs:invalidate"
        return JobServer(
            publish: { body in
                let command = ["XADD", stream, "*", "event"].map { Array($0.utf8) } + [body]
                _ = try RedisProbe(port: server.port).command(bytes: command)
            },
            source: { name, batchSize in
                try RedisParts(server, node: name)
                    .source(batchSize: batchSize)
            },
            deadLetters: {
                let entries = try RedisProbe(port: server.port)
                    .command("XRANGE", "{cw}:jobs:dead", "-", "+").elements
                return entries.map { entry in
                    let fields = entry.elements.last?.elements ?? []
                    let event = if case .bytes(let bytes) = fields[1] { bytes } else { [UInt8]() }
                    return JobServer.DeadLetter(
                        event: event,
                        cause: DeadLetterCause(
                            reason: fields[3].text ?? "",
                            error: fields[5].text ?? ""
                        )
                    )
                }
            },
            unsettledCount: {
                let probe = try RedisProbe(port: server.port)
                guard try probe.command("EXISTS", stream).integer == 1 else { return 0 }
                let groups = try probe.command("XINFO", "GROUPS", stream).elements
                guard let fields = groups.first?.elements else {
                    return try probe.command("XLEN", stream).integer ?? 0
                }
                func number(_ name: String) -> Int {
                    fields.firstIndex { $0.text == name }.flatMap { fields[$0 + 1].integer } ?? 0
                }
                return number("pending") + number("lag")
            }
        )
    }
}
