import EventLoop
import RedisClient
import TestSupport
import Testing

extension Faults {
    /// One reply, and a link that ends somewhere in it.
    @Suite("A reply")
    struct ReplyCutTests {
        @Test("cut off after any byte is whole or not at all", arguments: [true, false])
        func cut(isEndedInOrder: Bool) async throws {
            try await withRedis { server in
                let values = ["first", "", "a longer one", "\r\n$5\r\n"]
                try server.probe().command(["RPUSH", "list"] + values)
                let proxy = try TCPProxy(to: server.port)
                defer { proxy.close() }
                var configuration = try RedisConfiguration(url: server.url(through: proxy))
                configuration.backoff = ReconnectBackoff(
                    base: .milliseconds(1),
                    cap: .milliseconds(5),
                    hopelessCap: .milliseconds(5)
                )
                let connection = RedisConnection(configuration, on: try EventLoop(name: "cut"))
                var failures = 0
                // *4 and four strings, each with its length.
                let replyBytes = values.reduce(4) {
                    $0 + "\($1.utf8.count)".utf8.count + 5 + $1.utf8.count
                }
                for count in 1...replyBytes {
                    proxy.set(.open)
                    _ = try await connection.execute(RedisCommand("PING"))
                    proxy.set(
                        isEndedInOrder
                            ? ProxyRule(endAfterBytes: count) : ProxyRule(resetAfterBytes: count)
                    )
                    do throws(RedisError) {
                        let reply = try await connection.execute(
                            RedisCommand("LRANGE", "list", 0, -1)
                        )
                        let strings = reply.elements?.map { $0.string }
                        #expect(strings == values, "\(count) bytes")
                    } catch {
                        failures += 1
                    }
                }
                // The last one is whole; whether the end came before it was read is chance.
                #expect((replyBytes - 1...replyBytes).contains(failures))
            }
        }
    }
}
