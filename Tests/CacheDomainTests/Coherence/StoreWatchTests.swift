import Testing

@testable import CacheDomain

@Suite struct StoreWatchTests {
    private let start = ContinuousClock.now
    private var watch = StoreWatch()

    @Test mutating func `the first answer says nothing about what was held before`() {
        #expect(watch.limit(lease: .seconds(3)) == nil)
        #expect(watch.answered("a", askedAt: start) == .first)
    }

    @Test mutating func `copies may be served for a lease after the question, not the answer`() {
        _ = watch.answered("a", askedAt: start)
        #expect(watch.limit(lease: .seconds(3)) == start + .seconds(3))
        #expect(watch.answered("a", askedAt: start + .seconds(1)) == .same)
        #expect(watch.limit(lease: .seconds(3)) == start + .seconds(4))
    }

    @Test mutating func `another life is told once`() {
        _ = watch.answered("a", askedAt: start)
        #expect(watch.answered("b", askedAt: start) == .other)
        #expect(watch.answered("b", askedAt: start) == .same)
    }
}
