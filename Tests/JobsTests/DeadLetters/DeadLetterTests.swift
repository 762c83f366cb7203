import Jobs
import Testing

@Suite struct DeadLetterTests {
    private static let good =
        #"{"type":"cache.warm","id":"w1","data":{"entries":[{"key":"k","value":1}]}}"#

    private func letter(
        _ event: String,
        reason: String = "schema",
        originKind: JobKind? = nil,
        failedAt: Int64? = nil
    ) -> DeadLetter {
        var failure = DeadLetter.Failure()
        failure.reason = reason
        failure.originKind = originKind
        failure.failedAt = failedAt.map(WallTime.init(milliseconds:))
        return DeadLetter(
            id: "1-0",
            transport: .stream,
            delivery: Delivery(body: Array(event.utf8)[...]),
            failure: failure
        )
    }

    @Test func `a letter tells what can be read of its event, however wrong the rest is`() {
        let readable = letter(#"{"type":"cache.warm","id":"w1","data":7}"#, originKind: .task)
        #expect(readable.eventID == "w1" && readable.eventType == "cache.warm")
        #expect(readable.kind == .warm)
        let unreadable = letter("{\"type\":\"cache.warm\"", originKind: .cleanup)
        #expect(unreadable.eventType == nil && unreadable.kind == .cleanup)
        #expect(letter(#"{"type":"other.kind","data":1}"#).kind == nil)
    }

    @Test func `a letter in binary mode tells id and type from its headers`() {
        let headers = [("ce-type", "task.resize"), ("ce-id", "t9")]
        let letter = DeadLetter(
            id: "1-0",
            transport: .amqp,
            delivery: Delivery(body: [], headers: headers.map { (name: $0.0, value: $0.1) }),
            failure: DeadLetter.Failure()
        )
        #expect(letter.eventID == "t9" && letter.kind == .task)
    }

    @Test func `a kind is what the type of an event begins with`() {
        for kind in [JobKind.invalidate, .warm, .cleanup] {
            #expect(JobKind(eventType: "cache.\(kind.rawValue)") == kind)
        }
        #expect(JobKind(eventType: "task.x") == .task)
        #expect(JobKind(eventType: "cache.task") == nil && JobKind(eventType: "warm") == nil)
    }

    @Test func `an empty filter lets everything pass, and each condition must hold`() {
        let found = letter(Self.good, reason: "unavailable", failedAt: 10_000)
        var filter = DeadLetterFilter()
        #expect(filter.matches(letter(""), at: WallTime(milliseconds: 0)) && filter.isEmpty)
        filter.kinds = [.task, .warm]
        #expect(
            filter.matches(found, at: WallTime(milliseconds: 0))
                && !filter.matches(letter("no event"), at: WallTime(milliseconds: 0))
        )
        filter.reasons = ["schema"]
        #expect(!filter.matches(found, at: WallTime(milliseconds: 0)))
        filter.reasons.append("unavailable")
        #expect(filter.matches(found, at: WallTime(milliseconds: 0)) && !filter.isEmpty)
    }

    @Test func `ages are open intervals, and an unknown age is in none`() {
        var filter = DeadLetterFilter()
        filter.olderThan = .seconds(5)
        let found = letter("", failedAt: 10_000)
        #expect(
            !filter.matches(found, at: WallTime(milliseconds: 15_000))
                && filter.matches(found, at: WallTime(milliseconds: 15_001))
        )
        filter.newerThan = .seconds(6)
        #expect(
            filter.matches(found, at: WallTime(milliseconds: 15_999))
                && !filter.matches(found, at: WallTime(milliseconds: 16_000))
        )
        #expect(!filter.matches(letter(""), at: WallTime(milliseconds: 15_999)))
        filter.olderThan = nil
        // A clock that is behind makes a letter no older than now.
        #expect(filter.matches(found, at: WallTime(milliseconds: 9_000)))
    }

    // MARK: Requeueing

    @Test func `a good event is requeued as it is, by its own kind`() throws {
        var check = try RequeueCheck(limits: EventLimits())
        let request = try check.request(for: letter(Self.good, originKind: .invalidate))
        #expect(request.kind == .warm && request.edited == nil)
    }

    @Test func `an event that breaks the schema is requeued only by force, and with a kind`() throws
    {
        var check = try RequeueCheck(limits: EventLimits())
        #expect(throws: EventError.self) { try check.request(for: letter("{", originKind: .warm)) }
        var forced = try RequeueCheck(limits: EventLimits(), isForced: true)
        #expect(try forced.request(for: letter("{", originKind: .warm)).kind == .warm)
        #expect(throws: EventError.self) { try forced.request(for: letter("{")) }
    }

    @Test func `an edited event has to keep the schema, and gives the kind`() throws {
        #expect(throws: EventError.self) {
            try RequeueCheck(limits: EventLimits(), isForced: true, edited: Array("{}".utf8))
        }
        var check = try RequeueCheck(limits: EventLimits(), edited: Array(Self.good.utf8))
        let request = try check.request(for: letter("{", originKind: .invalidate))
        #expect(request.kind == .warm && request.edited == Array(Self.good.utf8))
    }

    @Test func `an event that was not read is not requeued, even by force`() throws {
        var check = try RequeueCheck(limits: EventLimits(), isForced: true)
        let unread = DeadLetter(
            id: "1-0",
            transport: .amqp,
            delivery: Delivery(body: []),
            failure: DeadLetter.Failure(),
            unreadByteCount: 20_000_000
        )
        let error = #expect(throws: EventError.self) { try check.request(for: unread) }
        #expect(error?.reason == .tooLarge)
    }
}
