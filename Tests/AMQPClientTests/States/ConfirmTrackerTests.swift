import EventLoop
import Testing

@testable import AMQPClient

@Suite struct ConfirmTrackerTests {
    private var tracker = ConfirmTracker()

    private func identity(_ id: String, key: String = "k") -> ConfirmTracker.Identity {
        ConfirmTracker.Identity(exchange: "x", routingKey: key, messageID: id)
    }

    private mutating func publish(_ ids: [String]) -> ConfirmTracker.Ticket {
        let ticket = tracker.open(count: ids.count)
        for (index, id) in ids.enumerated() {
            tracker.published(identity(id), ticket, index: index)
        }
        return ticket
    }

    private func done(
        _ ticket: ConfirmTracker.Ticket,
        _ failures: [(Int, AMQPError)] = []
    ) -> ConfirmTracker.Completion {
        ConfirmTracker.Completion(
            ticket: ticket,
            failures: failures.map { AMQPPublishError.Failure(index: $0.0, error: $0.1) }
        )
    }

    @Test mutating func `a call is complete when its last message is confirmed, in any order`()
        throws
    {
        let ticket = publish(["a", "b", "c"])
        #expect(try tracker.acked(3, isMultiple: false).isEmpty)
        #expect(try tracker.acked(1, isMultiple: false).isEmpty)
        #expect(try tracker.acked(2, isMultiple: false) == [done(ticket)])
        #expect(tracker.unconfirmedCount == 0)
    }

    @Test mutating func `one confirm of all up to completes several calls`() throws {
        let first = publish(["a", "b"])
        let second = publish(["c"])
        _ = publish(["d"])
        #expect(try tracker.acked(3, isMultiple: true) == [done(first), done(second)])
        #expect(tracker.unconfirmedCount == 1)
    }

    @Test mutating func `number zero with multiple means everything so far`() throws {
        let ticket = publish(["a", "b"])
        #expect(try tracker.acked(0, isMultiple: true) == [done(ticket)])
        #expect(try tracker.acked(0, isMultiple: true).isEmpty)
    }

    @Test mutating func `a refused message fails alone`() throws {
        let ticket = publish(["a", "b"])
        #expect(try tracker.nacked(1, isMultiple: false).isEmpty)
        let verdict = try tracker.acked(2, isMultiple: false)
        let completion = try #require(verdict.first)
        #expect(completion.ticket == ticket)
        #expect(completion.failures.map(\.index) == [0])
        #expect(completion.failures.map(\.error.code) == [.nacked])
    }

    @Test mutating func `a returned message is told by what it says, though confirmed later`()
        throws
    {
        let ticket = publish(["a", "b", "c", "b"])
        let error = AMQPError(.unroutable, "no queue")
        tracker.returned(identity("b"), error)
        tracker.returned(identity("b"), error)
        tracker.returned(identity("nobody"), error)
        #expect(try tracker.acked(4, isMultiple: true) == [done(ticket, [(1, error), (3, error)])])
    }

    @Test mutating func `a verdict on a message that was never sent is a violation`() throws {
        _ = publish(["a"])
        #expect(throws: AMQPError.self) { try tracker.acked(2, isMultiple: false) }
        #expect(throws: AMQPError.self) { try tracker.acked(0, isMultiple: false) }
        #expect(throws: AMQPError.self) { try tracker.nacked(9, isMultiple: true) }
        #expect(try tracker.acked(1, isMultiple: false).count == 1)
        #expect(try tracker.acked(1, isMultiple: false).isEmpty)
    }

    @Test mutating func `a call that waited too long names what has no verdict`() throws {
        let ticket = publish(["a", "b", "c"])
        _ = try tracker.acked(2, isMultiple: false)
        let error = AMQPError(.timedOut, "late", isOutcomeUnknown: true)
        #expect(tracker.expire(ticket, error) == done(ticket, [(0, error), (2, error)]))
        #expect(tracker.expire(ticket, error) == nil)
        #expect(try tracker.acked(3, isMultiple: true).isEmpty)
    }

    @Test mutating func `the loss of the channel fails what is open, and numbers begin again`()
        throws
    {
        let ticket = publish(["a", "b"])
        _ = try tracker.acked(1, isMultiple: false)
        let error = AMQPError(.connection(.reset), "gone", isOutcomeUnknown: true)
        #expect(tracker.reset(error) == [done(ticket, [(1, error)])])
        let next = publish(["c"])
        #expect(try tracker.acked(1, isMultiple: false) == [done(next)])
    }

    @Test mutating func `a message that was not written counts too`() throws {
        let ticket = tracker.open(count: 2)
        let error = AMQPError(.configuration, "too long")
        #expect(tracker.failed(error, ticket, index: 0) == nil)
        tracker.published(identity("b"), ticket, index: 1)
        #expect(try tracker.acked(1, isMultiple: false) == [done(ticket, [(0, error)])])
    }
}
