import TestSupport
import Testing

extension EndToEnd {
    /// Tags and patterns that cover more than one command may touch.
    @Suite("A large purge")
    struct PurgeTests {
        static let keyCount = 200_000
        /// How much memory the worker may need for it.
        static let maxMemoryGrowth = 40 << 20

        @Test("by tag is over when it is acknowledged, and blocks nobody")
        func tag() async throws {
            try await expectPurge(
                tagged: true,
                event: #"{"type":"cache.invalidate","data":{"tags":["all"]}}"#
            )
        }

        @Test("by pattern is over when it is acknowledged, and blocks nobody")
        func pattern() async throws {
            try await expectPurge(
                tagged: false,
                event: #"{"type":"cache.invalidate","data":{"patterns":["big:*"]}}"#
            )
        }

        @Test("is finished by another worker when its own is killed in the middle")
        func takenOver() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                let killed = try await deployment.startWorker()
                try setUp(tagged: true, probe)
                let listener = try CoherenceListener(deployment.redis)
                let stream = JobStream("invalidate", probe)
                try stream.add(#"{"type":"cache.invalidate","data":{"tags":["all"]}}"#)
                #expect(try listener.next().t == ["all"])
                #expect(try listener.next().k?.isEmpty == false)
                await killed.process.kill()
                #expect(try deployment.exists("cw:tag:all"), "the purge was over before the kill")
                #expect(try stream.pending == 1)
                _ = try await deployment.startWorker()
                try await stream.idle(within: LoadTests.takeoverLimit)
                #expect(try !deployment.exists("cw:tag:all"))
                let left = try probe.command("EVAL", Self.count, "0", "\(Self.keyCount)").integer
                #expect(left == 0)
                try expectGapless(probe)
            }
        }

        private func expectPurge(tagged: Bool, event: String) async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                let worker = try await deployment.startWorker()
                try probe.command("SET", "bigger:1", "stays")
                let before = try worker.peakMemory
                try await SlowCommands(probe)
                    .expectNone {
                        try setUp(tagged: tagged, probe)
                    } during: {
                        try await purge(event, JobStream("invalidate", probe))
                    }
                #expect(try deployment.exists("bigger:1"))
                #expect(try worker.peakMemory - before < Self.maxMemoryGrowth)
                try expectGapless(probe)
            }
        }

        /// Waits for the acknowledgement of the event, and looks whether everything is gone then.
        private func purge(_ event: String, _ stream: JobStream) async throws {
            let id = try stream.add(event)
            try await eventually("the purge is acknowledged", within: .seconds(60)) {
                let group = try stream.group
                return group["last-delivered-id"]?.text == id && group["pending"] == .integer(0)
            }
            let left = try stream.probe.command("EVAL", Self.count, "0", "\(Self.keyCount)")
            #expect(left == .integer(0), "keys were left at the acknowledgement")
            #expect(try stream.probe.command("EXISTS", "cw:tag:all") == .integer(0))
        }

        private func setUp(tagged: Bool, _ probe: RedisProbe) throws {
            let script = """
                for i = 0, ARGV[1] - 1 do
                  redis.call('SET', 'big:' .. i, 'value')
                  if ARGV[2] == 'true' then redis.call('SADD', 'cw:tag:all', 'big:' .. i) end
                end
                """
            try probe.command("EVAL", script, "0", "\(Self.keyCount)", "\(tagged)")
        }

        private static let count = """
            local left = 0
            for i = 0, ARGV[1] - 1 do left = left + redis.call('EXISTS', 'big:' .. i) end
            return left
            """
    }
}
