import TestSupport
import Testing

extension Faults {
    /// What a network does to the bytes between a worker and its servers.
    @Suite("A link")
    struct LinkTests {
        static let seed: UInt64 = 20_260_905

        @Test("that is reset in the middle of frames loses no job", arguments: [true, false])
        func reset(isEndedInOrder: Bool) async throws {
            try await withBrokerDeployment { deployment in
                let servers = try ProxiedServers(deployment)
                defer { servers.close() }
                _ = try await deployment.startWorker(servers.settings)
                let ledger = EventLedger(deployment)
                var generator = SeededGenerator(seed: Self.seed)
                for _ in 0..<5 {
                    // Some of it arrives, also of the handshakes of the connections that follow.
                    let bytes = Int.random(in: 1...2_000, using: &generator)
                    let counts = servers.all.map(\.connectionCount)
                    servers.set(
                        isEndedInOrder
                            ? ProxyRule(endAfterBytes: bytes) : ProxyRule(resetAfterBytes: bytes)
                    )
                    try await ledger.publish(60)
                    try await eventually("connections are made again") {
                        zip(servers.all, counts).allSatisfy { $0.connectionCount > $1 }
                    }
                    servers.set(.open)
                }
                try await ledger.expectWhole()
            }
        }

        @Test("that passes single bytes changes nothing, and repeats nothing")
        func slices() async throws {
            try await withBrokerDeployment { deployment in
                let servers = try ProxiedServers(deployment)
                defer { servers.close() }
                servers.set(ProxyRule(sliceBytes: 1))
                _ = try await deployment.startWorker(servers.settings)
                let ledger = EventLedger(deployment)
                try await ledger.publish(60)
                let verdict = try await ledger.expectWhole()
                #expect(verdict.duplicates.isEmpty)
                #expect(servers.redis.connections.count == servers.redis.connectionCount)
            }
        }

        @Test("that turns bits costs connections and damaged events, never the worker")
        func flips() async throws {
            try await withBrokerDeployment { deployment in
                let servers = try ProxiedServers(deployment, seed: Self.seed)
                defer { servers.close() }
                let worker = try await deployment.startWorker(servers.settings)
                let damaged = EventLedger(deployment)
                servers.set(ProxyRule(flipsOneBitIn: 300))
                let counts = servers.all.map(\.connectionCount)
                try await eventually("each link broke several times") {
                    try await damaged.publish(30)
                    return zip(servers.all, counts).allSatisfy { $0.connectionCount > $1 + 2 }
                }
                servers.set(.open)
                servers.cut()
                // What was damaged stays damaged: an event carries no checksum.
                let ledger = EventLedger(deployment)
                try await ledger.publish(60)
                try await ledger.expectWhole()
                #expect(worker.process.isRunning)
            }
        }

        @Test("whose connections stall one by one and go on in another order loses no job")
        func swizzle() async throws {
            try await withBrokerDeployment { deployment in
                var generator = SeededGenerator(seed: Self.seed)
                let servers = try (0..<2).map { _ in try ProxiedServers(deployment) }
                defer { for each in servers { each.close() } }
                for each in servers { _ = try await deployment.startWorker(each.settings) }
                let ledger = EventLedger(deployment)
                for _ in 0..<3 {
                    let connections = servers.flatMap(\.all)
                        .flatMap { proxy in proxy.connections.map { (proxy, $0) } }
                        .filter { _ in Bool.random(using: &generator) }
                        .shuffled(using: &generator)
                    for (proxy, connection) in connections {
                        proxy.set(.stalled, for: connection)
                        try await ledger.publish(5)
                    }
                    for (proxy, connection) in connections.shuffled(using: &generator) {
                        proxy.set(.open, for: connection)
                        try await ledger.publish(5)
                    }
                }
                for each in servers { each.set(.open) }
                try await ledger.expectWhole()
            }
        }
    }
}
