import Codecs
import Testing

@testable import Jobs

@Suite struct EventOrderTests {
    private let now = WallTime(milliseconds: 1_000_000)

    private func event(_ time: String?, source: String? = "shop") -> Event {
        var event = Event(source: source, job: .invalidate(Invalidation(keys: ["k"])))
        event.time = time
        return event
    }

    @Test func `a producer's time, down to the nanosecond, orders its events`() throws {
        let first = try #require(event("1970-01-01T00:00:01.000000001Z").stamp(at: now))
        let second = try #require(event("1970-01-01T00:00:01.000000002Z").stamp(at: now))
        #expect(first.isOlder(than: second))
        #expect(first.milliseconds == 1_000)
    }

    @Test func `without time or source, or far from the future, an event has no place`() {
        #expect(event(nil).stamp(at: now) == nil)
        #expect(event("1970-01-01T00:00:01Z", source: nil).stamp(at: now) == nil)
        #expect(event("1970-01-01T00:17:40.001Z").stamp(at: now) == nil)
        #expect(event("1970-01-01T00:17:40Z").stamp(at: now) != nil)
    }

    @Test func `an event that waits for its time is as new as that`() {
        var event = event("1970-01-01T00:00:01Z")
        event.notBefore = WallTime(milliseconds: 900_000)
        #expect(event.stamp(at: now)?.milliseconds == 900_000)
        event.notBefore = WallTime(milliseconds: 5)
        #expect(event.stamp(at: now)?.milliseconds == 1_000)
    }
}
