import TestSupport
import Testing

extension Faults {
    /// Jobs and journal on one Redis, data on another, and either link breaks.
    @Suite("Two Redis servers")
    struct TwoServersTests {
        static let seed: UInt64 = 82

        @Test("whose links break in turn never leave an effect without its message")
        func links() async throws {
            try await withDeployment { deployment in
                try await withRedis { jobs in
                    let data = try TCPProxy(to: deployment.redis.port)
                    let log = try TCPProxy(to: jobs.port)
                    defer { for proxy in [data, log] { proxy.close() } }
                    let worker = try deployment.launchWorker([
                        "REDIS_URL": deployment.redis.url(through: data),
                        "JOBS_REDIS_URL": jobs.url(through: log),
                    ])
                    try await worker.logged("worker started")
                    let ledger = EventLedger(deployment, jobs: jobs)
                    var generator = SeededGenerator(seed: Self.seed)
                    for _ in 0..<12 {
                        try await ledger.publish(30, over: .stream)
                        let proxy = Bool.random(using: &generator) ? data : log
                        let rule = ProxyRule(
                            resetAfterBytes: Int.random(in: 0...600, using: &generator)
                        )
                        proxy.set(rule)
                        try await ledger.publish(30, over: .stream)
                        proxy.set(.open)
                    }
                    try await ledger.expectWhole()
                }
            }
        }
    }
}
