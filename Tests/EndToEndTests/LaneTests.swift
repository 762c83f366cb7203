import TestSupport
import Testing

extension EndToEnd {
    /// What takes long, and what must not wait for it.
    @Suite("A cleanup that takes long")
    struct LaneTests {
        private static let keyCount = 1_000_000
        private static let keysPerCall = 50_000
        /// Tries: on a busy machine the cleanup may be over before anybody looks.
        private static let maxRounds = 5

        @Test("over a million keys is still under way when later invalidations are done")
        func cleanup() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                try setUp(probe)
                let worker = try await deployment.startWorker()
                let cleanups = JobStream("cleanup", probe)
                let invalidations = JobStream("invalidate", probe)
                var wereUnderWay = 0
                for round in 1...Self.maxRounds where wereUnderWay == 0 {
                    try probe.command("SET", "k:\(round)", "x")
                    try cleanups.add(
                        #"{"type":"cache.cleanup","data":{"task":"orphaned-tags"}}"#
                    )
                    try await eventually("the cleanup is under way") { try cleanups.pending > 0 }
                    try invalidations.add(
                        #"{"type":"cache.invalidate","data":{"keys":["k:\#(round)"]}}"#
                    )
                    try await deployment.gone("k:\(round)")
                    wereUnderWay = try cleanups.pending
                    try await cleanups.idle()
                }
                #expect(wereUnderWay == 1)
                let lanes = worker.lines("worker started").first?.fields["lanes"]
                #expect(lanes == "invalidate+warm,cleanup,task")
            }
        }

        private func setUp(_ probe: RedisProbe) throws {
            let script = "for i = ARGV[1], ARGV[2] - 1 do redis.call('SET', 'load:' .. i, '') end"
            for start in stride(from: 0, to: Self.keyCount, by: Self.keysPerCall) {
                try probe.command("EVAL", script, "0", "\(start)", "\(start + Self.keysPerCall)")
            }
        }
    }
}
