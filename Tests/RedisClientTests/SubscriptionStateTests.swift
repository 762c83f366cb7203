import Testing

@testable import RedisClient

@Suite struct SubscriptionStateTests {
    private let start = ContinuousClock.now

    private func reply(_ text: String) throws -> RedisReply {
        let reader = try ReplyReader()
        try reader.feed(Array(text.utf8).span) { _ in true }
        return reader.takeReplies()[0]
    }

    private func state() -> SubscriptionState {
        SubscriptionState(channelCount: 2, pingInterval: .seconds(1), pingTimeout: .seconds(2))
    }

    private func subscribed() throws -> SubscriptionState {
        var state = state()
        _ = state.begin(at: start)
        for _ in 1...2 {
            _ = state.receive(try reply("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"))
        }
        return state
    }

    @Test func `it is subscribed when every channel is confirmed`() throws {
        var state = state()
        #expect(state.begin(at: start) == .lookAgain(at: start + .seconds(2)))
        let confirmation = try reply("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n")
        guard case .none = state.receive(confirmation) else {
            Issue.record("one of two confirmations is not enough")
            return
        }
        guard case .subscribed = state.receive(confirmation) else {
            Issue.record("two of two confirmations are enough")
            return
        }
    }

    @Test func `one that tracks says who it is, and only then asks and subscribes`() throws {
        var state = SubscriptionState(
            channelCount: 1,
            isTracking: true,
            pingInterval: .seconds(1),
            pingTimeout: .seconds(2)
        )
        let confirmation = "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
        for _ in 1...2 {
            _ = state.begin(at: start)
            guard case .identified(7) = state.receive(try reply(":7\r\n")),
                case .none = state.receive(try reply("+OK\r\n")),
                case .subscribed = state.receive(try reply(confirmation))
            else {
                Issue.record("the introduction of each connection is the same")
                return
            }
        }
        guard case .fail = state.receive(try reply(":8\r\n")) else {
            Issue.record("a number is no message")
            return
        }
    }

    @Test(arguments: ["-ERR unknown subcommand\r\n", "-NOPERM no\r\n"])
    func `a server that tells no changes is said to need more`(answer: String) throws {
        var state = SubscriptionState(
            channelCount: 1,
            isTracking: true,
            pingInterval: .seconds(1),
            pingTimeout: .seconds(2)
        )
        for identifies in [false, true] {
            _ = state.begin(at: start)
            if identifies { _ = state.receive(try reply(":7\r\n")) }
            guard case .fail(let error) = state.receive(try reply(answer)) else {
                Issue.record("an error is a failure")
                return
            }
            #expect(error.message.contains("Redis 6") && !error.isRetriable)
        }
    }

    @Test func `confirmations that do not come are death, other bytes or not`() throws {
        var state = state()
        _ = state.begin(at: start)
        _ = state.receive(try reply("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"))
        let heard = start + .milliseconds(1999)
        #expect(state.check(lastReceived: heard, at: start + .seconds(2)) == .dead)
    }

    @Test func `traffic spares the ping, silence is asked, and silence after that is death`() throws
    {
        var state = try subscribed()
        let heard = start + .seconds(10)
        #expect(
            state.check(lastReceived: heard, at: heard + .milliseconds(999))
                == .lookAgain(at: heard + .seconds(1))
        )
        let asked = heard + .seconds(1)
        #expect(
            state.check(lastReceived: heard, at: asked)
                == .ping(lookAgainAt: asked + .seconds(2))
        )
        #expect(
            state.check(lastReceived: heard, at: asked + .seconds(1))
                == .lookAgain(at: asked + .seconds(2))
        )
        #expect(state.check(lastReceived: heard, at: asked + .seconds(2)) == .dead)
    }

    @Test func `any byte after the ping is life`() throws {
        var state = try subscribed()
        _ = state.check(lastReceived: start, at: start + .seconds(1))
        let heard = start + .milliseconds(1001)
        #expect(
            state.check(lastReceived: heard, at: start + .seconds(3))
                == .ping(lookAgainAt: start + .seconds(5))
        )
    }

    @Test func `messages have their pattern, channel and payload`() throws {
        var state = try subscribed()
        let wire = "*4\r\n$8\r\npmessage\r\n$2\r\np*\r\n$2\r\np1\r\n$2\r\nhi\r\n"
        guard case .message(let message) = state.receive(try reply(wire)) else {
            Issue.record("a message was expected")
            return
        }
        #expect(message.pattern.map(Array.init) == Array("p*".utf8))
        #expect(Array(message.channel) == Array("p1".utf8))
        #expect(Array(message.payload) == Array("hi".utf8))
    }

    @Test(arguments: ["+OK\r\n", ":1\r\n", "*0\r\n", "*1\r\n:1\r\n", "-NOPERM no\r\n"])
    func `what is no message ends the connection`(_ text: String) throws {
        var state = try subscribed()
        guard case .fail = state.receive(try reply(text)) else {
            Issue.record("a failure was expected")
            return
        }
    }

    @Test(arguments: [
        "*2\r\n$4\r\npong\r\n$0\r\n\r\n", "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$-1\r\n",
    ])
    func `pongs and messages without a payload are heard and not delivered`(_ text: String) throws {
        var state = try subscribed()
        guard case .none = state.receive(try reply(text)) else {
            Issue.record("nothing was expected")
            return
        }
    }
}
