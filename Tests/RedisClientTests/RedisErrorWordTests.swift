import EventLoop
import RedisClient
import TestSupport
import Testing

@Suite struct RedisErrorWordTests {
    @Test func `failures of a connection are counted by their word`() async throws {
        let loop = try EventLoop(name: "redis")
        let peer = ScriptedPeer { command in
            switch command {
            case ["GET", "loading"]: "-LOADING data\r\n"
            case ["GET", "replica"]: "-READONLY no\r\n"
            case ["GET", "other"]: "$x\r\n"
            default: "+fine\r\n"
            }
        }
        var configuration = RedisConfiguration(endpoint: .unix(path: "/scripted"))
        configuration.backoff = ReconnectBackoff(
            base: .milliseconds(1),
            cap: .milliseconds(5),
            hopelessCap: .milliseconds(5)
        )
        let connection = RedisConnection(configuration, on: loop, connector: peer)
        for key in ["loading", "replica", "other"] {
            _ = try? await connection.execute(RedisCommand("GET", key))
            _ = try await connection.execute(RedisCommand("GET", "k"))
        }
        peer.breakOff()
        try await eventually("the loss is counted") {
            await connection.statistics.failures["reset"] == 1
        }
        let failures = await connection.statistics.failures
        #expect(failures["loading"] == 1 && failures["read-only"] == 1)
        #expect(failures["protocol"] == 1)
    }
}
