import Foundation
import TestSupport
import Testing

extension Faults {
    /// A Redis that is there and does not do what it is asked.
    @Suite("A Redis that refuses")
    struct RedisRefusalTests {
        /// The word by which the server refuses.
        enum Refusal: String, CaseIterable {
            case full = "OOM"
            case cannotPersist = "MISCONF"
            case replica = "READONLY"
            case withoutReplicas = "NOREPLICAS"
            case busy = "BUSY"
            case tooManyClients = "max number of clients"
            case withoutRights = "NOPERM"
        }

        @Test("is waited for without losing a job or burying one", arguments: Refusal.allCases)
        func refuses(_ refusal: Refusal) async throws {
            let options = RedisServer.Options(configuration: ["lua-time-limit 20"])
            try await withBrokerDeployment(options) { deployment in
                let worker = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                try await ledger.publish(30)
                try await ledger.expectWhole()
                var end: () throws -> Void = {}
                try await ledger.publishWhilePaused(60, worker) {
                    end = try await begin(refusal, deployment)
                }
                try await eventually("the worker is told \(refusal.rawValue)") {
                    // A warm that finds the server full is no news: it waits.
                    try refusal == .full
                        ? deployment.probe.command("ZCARD", "{cw}:jobs:delayed").integer != 0
                        : worker.process.errors.contains(refusal.rawValue)
                }
                try end()
                try await ledger.expectWhole()
                #expect(worker.process.isRunning)
            }
        }

        /// Begins to refuse; the closure ends that.
        private func begin(
            _ refusal: Refusal,
            _ deployment: Deployment
        ) async throws -> () throws -> Void {
            let probe = deployment.probe
            func set(_ name: String, _ value: String) throws {
                try probe.command("CONFIG", "SET", name, value)
            }
            switch refusal {
            case .full:
                try set("maxmemory", "1")
                return { try set("maxmemory", "0") }
            case .cannotPersist: return try await failToPersist(probe)
            case .replica:
                try probe.command("REPLICAOF", "127.0.0.1", "\(try FreePort.next())")
                return { try probe.command("REPLICAOF", "NO", "ONE") }
            case .withoutReplicas:
                try set("min-replicas-to-write", "1")
                return { try set("min-replicas-to-write", "0") }
            case .busy:
                let other = try deployment.redis.probe()
                try other.send(["EVAL", "while true do end", "0"].map { Array($0.utf8) })
                return { try probe.command("SCRIPT", "KILL") }
            case .tooManyClients:
                try set("maxclients", "1")
                try probe.command("CLIENT", "KILL", "TYPE", "normal")
                try probe.command("CLIENT", "KILL", "TYPE", "pubsub")
                return { try set("maxclients", "10000") }
            case .withoutRights:
                try probe.command("ACL", "SETUSER", "default", "-xreadgroup", "-evalsha", "-eval")
                return { try probe.command("ACL", "SETUSER", "default", "+@all") }
            }
        }

        /// A folder stands where the file should be: the server refuses writes from then on.
        private func failToPersist(_ probe: RedisProbe) async throws -> () throws -> Void {
            let folder = try probe.command("CONFIG", "GET", "dir").texts.last ?? ""
            let path = folder + "/dump.rdb"
            try probe.command("CONFIG", "SET", "save", "3600 1000000")
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false
            )
            try probe.command("BGSAVE")
            try await eventually("it could not be written") {
                try probe.command("INFO", "persistence").text?
                    .contains("rdb_last_bgsave_status:err") == true
            }
            return {
                try FileManager.default.removeItem(atPath: path)
                try probe.command("SAVE")
            }
        }

        @Test("to keep jobs is named at the start")
        func evicts() async throws {
            let options = RedisServer.Options(configuration: [
                "maxmemory 100mb", "maxmemory-policy allkeys-lru",
            ])
            try await withDeployment(options) { deployment in
                let worker = try await deployment.startWorker()
                let line = try await worker.logged(
                    "Redis may evict jobs: use volatile-* or noeviction, or set JOBS_REDIS_URL"
                )
                #expect(line.level == "warning")
                // As an eviction takes it: the stream with its group.
                let ledger = EventLedger(deployment)
                try await ledger.publish(30)
                try await ledger.expectWhole()
                try deployment.probe.command("DEL", "{cw}:jobs:invalidate", "{cw}:jobs:warm")
                try await ledger.publish(30)
                try await ledger.expectWhole()
            }
        }
    }
}
