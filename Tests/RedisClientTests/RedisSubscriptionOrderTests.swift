import EventLoop
import RedisClient
import Testing

/// A subscription whose peer says everything at the worst moment.
@Suite struct RedisSubscriptionOrderTests {
    private static let messages = 5_000

    @Test(.timeLimit(.minutes(1)))
    func `no message is lost or late, however it meets the reader`() async throws {
        let peer = ScriptedPeer { command in
            command[0] == "SUBSCRIBE" ? "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n" : nil
        }
        var options = RedisSubscriptionOptions(channels: ["c"])
        options.maxBufferedMessages = Self.messages
        options.pingInterval = .seconds(600)
        let subscription = RedisSubscription(
            RedisConfiguration(endpoint: .unix(path: "/scripted")),
            options,
            on: try EventLoop(name: "redis"),
            connector: peer
        )
        guard case .connected = await subscription.next() else {
            Issue.record("a connection was expected")
            return
        }
        // Each message has a turn of its own, and the reader takes some turns for each read.
        async let sending: Void = send(peer)
        for number in 0..<Self.messages {
            guard case .message(let message) = await subscription.next() else {
                Issue.record("message \(number) was expected")
                return
            }
            try #require(String(decoding: message.payload, as: UTF8.self) == "\(number)")
        }
        await sending
        await subscription.close()
    }

    private func send(_ peer: ScriptedPeer) async {
        for number in 0..<Self.messages {
            let text = "\(number)"
            let payload = "$\(text.utf8.count)\r\n\(text)\r\n"
            peer.send("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n\(payload)")
            if number % 3 == 0 { await Task.yield() }
        }
    }
}
