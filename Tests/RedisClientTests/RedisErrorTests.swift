import Testing

@testable import RedisClient

@Suite struct RedisErrorTests {
    @Test func `every known code of the server has its remedy`() {
        let table: [(String, ServerErrorCode, ServerErrorCode.Remedy)] = [
            ("OOM command not allowed", .outOfMemory, .retryLater),
            ("READONLY You can't write", .readOnly, .reconnect),
            ("LOADING Redis is loading", .loading, .reconnect),
            ("NOSCRIPT No matching script", .noScript, .repair),
            ("MOVED 1 127.0.0.1:1", .moved, .redirect),
            ("ASK 1 127.0.0.1:1", .ask, .redirect),
            ("TRYAGAIN Multiple keys", .tryAgain, .retryLater),
            ("CLUSTERDOWN Hash slot", .clusterDown, .retryLater),
            ("MASTERDOWN Link with MASTER", .masterDown, .reconnect),
            ("BUSY Redis is busy", .busy, .retryLater),
            ("NOREPLICAS Not enough", .noReplicas, .retryLater),
            ("MISCONF Redis is configured", .misconfigured, .retryLater),
            ("NOGROUP No such key", .noGroup, .repair),
            ("BUSYGROUP Consumer Group name", .groupExists, .none),
            ("UNBLOCKED the stream key", .unblocked, .repair),
            ("NOAUTH Authentication required.", .noAuthentication, .none),
            ("WRONGPASS invalid", .wrongPassword, .none),
            ("NOPERM this user", .noPermission, .none),
            ("WRONGTYPE Operation", .wrongType, .none),
            ("CROSSSLOT Keys in request", .crossSlot, .none),
            ("EXECABORT Transaction discarded", .execAborted, .none),
            ("ERR max number of clients reached", .tooManyClients, .retryLater),
            ("DENIED Redis is running in protected mode", .denied, .none),
            ("ERR syntax error", .other("ERR"), .none),
            ("NEWWORD of a later version", .other("NEWWORD"), .none),
            ("", .other(""), .none),
        ]
        for (text, code, remedy) in table {
            let error = RedisError.server(reply: Array(text.utf8)[...])
            #expect(error.code == .server(code))
            #expect(code.remedy == remedy)
            #expect(error.isRetriable == (remedy != .none))
            #expect(error.outcome == .answered)
            #expect(error.message == text)
        }
    }

    @Test func `a long message of the server is cut`() {
        let error = RedisError.server(reply: Array(repeating: UInt8(ascii: "x"), count: 9000)[...])
        #expect(error.message.utf8.count == 512)
    }

    @Test func `the outcome is unknown only where bytes were written and no answer came`() {
        #expect(!RedisError.cancelled(outcome: .notSent).isOutcomeUnknown)
        #expect(RedisError.cancelled(outcome: .unknown).isOutcomeUnknown)
        #expect(RedisError.protocolViolation("x").isOutcomeUnknown)
        #expect(RedisError.protocolViolation("x").with(outcome: .notSent).outcome == .notSent)
    }
}
