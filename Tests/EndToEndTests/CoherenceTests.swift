import TestSupport
import Testing

extension EndToEnd {
    /// Copies that one process holds while another changes the data.
    @Suite("A copy in a process")
    struct CoherenceTests {
        @Test("is dropped when another process invalidates its key")
        func dropped() async throws {
            try await withDeployment { deployment in
                let holder = try await holder(of: ["app:1", "app:2"], in: deployment)
                for arguments in [["--key", "app:1"], ["--pattern", "app:*"]] {
                    try await invalidate(arguments, deployment)
                }
                let sequences = try await droppedSequences(holder, count: 2)
                #expect(sequences == [2, 3])
            }
        }

        @Test("is dropped when another worker does the job")
        func otherWorker() async throws {
            try await withDeployment { deployment in
                let holder = try await holder(of: (0..<50).map { "app:\($0)" }, in: deployment)
                let other = try await deployment.startWorker()
                // Whoever reads a job does it; after some of them the other one has had its share.
                for number in 0..<50 where other.lines("jobs settled").isEmpty {
                    try JobStream("invalidate", deployment.probe)
                        .add(#"{"type":"cache.invalidate","data":{"keys":["app:\#(number)"]}}"#)
                    try await deployment.gone("app:\(number)")
                }
                try await other.logged("jobs settled")
                #expect(try await !droppedSequences(holder, count: 1).isEmpty)
            }
        }

        @Test("is dropped by the journal when the message was not heard")
        func deaf() async throws {
            try await withDeployment { deployment in
                let holder = try await holder(of: ["app:1", "app:2"], in: deployment)
                try await deafen(holder, deployment)
                try await invalidate(["--key", "app:1"], deployment)
                try await invalidate(["--tag", "none"], deployment)
                #expect(holder.lines("local copies dropped").isEmpty)
                try deployment.probe.command("ACL", "SETUSER", "default", "+subscribe")
                #expect(try await droppedSequences(holder, count: 1) == [2])
                #expect(holder.lines("local tier distrusted").count == 1, "only at its first start")
            }
        }

        @Test("is dropped with all others when the journal no longer tells what was missed")
        func trimmed() async throws {
            try await withDeployment { deployment in
                let holder = try await holder(of: ["app:1"], in: deployment)
                try await deafen(holder, deployment)
                try await invalidate(["--key", "app:1"], deployment)
                try deployment.probe.command("XTRIM", "{cw}:journal", "MAXLEN", "0")
                try deployment.probe.command("ACL", "SETUSER", "default", "+subscribe")
                try await holder.logged("local tier distrusted") {
                    $0.fields["reason"] == "journalTrimmed"
                }
            }
        }

        @Test("is dropped with all others when the log has lost its end")
        func rolledBack() async throws {
            try await withDeployment { deployment in
                let holder = try await holder(of: ["app:1"], in: deployment)
                try await deafen(holder, deployment)
                try deployment.probe.command("DEL", "{cw}:seq", "{cw}:epoch", "{cw}:journal")
                try await invalidate(["--key", "app:1"], deployment)
                #expect(try deployment.probe.command("GET", "{cw}:seq").text == "1")
                try deployment.probe.command("ACL", "SETUSER", "default", "+subscribe")
                try await holder.logged("local tier distrusted") {
                    $0.fields["reason"] == "rolledBack"
                }
            }
        }

        @Test("costs the channel one heartbeat a second at most, however many workers listen")
        func heartbeats() async throws {
            try await withDeployment { deployment in
                for _ in 0..<3 { _ = try await deployment.startWorker() }
                let probe = try deployment.redis.probe()
                try probe.subscribe("{cw}:coherence")
                let start = ContinuousClock.now
                let count = 6
                for _ in 0..<count {
                    let text = try probe.receive().elements.last?.text ?? ""
                    #expect(try CoherenceMessage(text).isHeartbeat)
                }
                let elapsed = start.duration(to: .now)
                // Each comes half a second after the one before, at the earliest.
                #expect(elapsed > .milliseconds(500) * (count - 2))
                #expect(elapsed < .seconds(1.5) * count)
            }
        }

        /// A worker that holds copies of the keys, after message 1.
        private func holder(
            of keys: [String],
            in deployment: Deployment
        ) async throws -> WorkerProcess {
            let worker = try await deployment.startWorker()
            try await eventually("it follows the log") {
                !worker.lines("local tier distrusted").isEmpty
            }
            let entries = keys.map { #"{"key":"\#($0)","value":1}"# }.joined(separator: ",")
            try JobStream("warm", deployment.probe)
                .add(#"{"type":"cache.warm","data":{"entries":[\#(entries)]}}"#)
            try await JobStream("warm", deployment.probe).idle()
            return worker
        }

        /// Cuts the subscription of the worker and keeps it from coming back.
        private func deafen(_ worker: WorkerProcess, _ deployment: Deployment) async throws {
            try deployment.probe.command("ACL", "SETUSER", "default", "-subscribe")
            try deployment.probe.command("CLIENT", "KILL", "TYPE", "pubsub")
            try await worker.logged("coherence subscription lost")
        }

        private func invalidate(_ arguments: [String], _ deployment: Deployment) async throws {
            _ = try await Command.output(
                of: try Executable.built("cacheworker"),
                ["cache", "invalidate"] + arguments,
                environment: deployment.settings
            )
        }

        private func droppedSequences(
            _ worker: WorkerProcess,
            count: Int
        ) async throws -> [Int] {
            try await eventually("\(count) messages have dropped copies") {
                worker.lines("local copies dropped").count >= count
            }
            return worker.lines("local copies dropped")
                .compactMap { $0.fields["sequence"].flatMap { Int($0) } }
        }
    }
}
