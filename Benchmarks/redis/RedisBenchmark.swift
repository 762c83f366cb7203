import EventLoop
import RedisClient

/// Measures the Redis client against a server on 127.0.0.1; `run` starts one and compares with C.
@main struct RedisBenchmark {
    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = UInt16(CommandLine.arguments[1]) else {
            print("usage: RedisBenchmark PORT")
            return
        }
        let loop = try EventLoop(name: "redis")
        let configuration = RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: port))
        let rig = RedisRig(RedisConnection(configuration, on: loop))
        try await withTaskExecutorPreference(loop) {
            try await rig.prepare()
            try await rig.roundTrips()
            try await rig.callers()
            try await rig.streamReads()
            try await rig.scriptCalls()
        }
        try await rig.roundTripsFromThePool()
        let replay = RedisRig(
            RedisConnection(
                configuration,
                on: loop,
                connector: ReplayConnector(answer: RedisRig.recordedBatch)
            )
        )
        try await withTaskExecutorPreference(loop) { try await replay.replayedReads() }
    }
}
