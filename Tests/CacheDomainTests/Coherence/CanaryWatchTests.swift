import Testing

@testable import CacheDomain

@Suite struct CanaryWatchTests {
    private var watch = CanaryWatch(token: ProcessToken(random: 7), interval: .seconds(5))
    private let start = ContinuousClock.now

    @Test mutating func `one is due until one is heard, and then once an interval`() {
        #expect(!watch.isDue(at: start), "nobody would hear it")
        watch.subscribed()
        #expect(watch.isDue(at: start))
        let canary = watch.next(at: start)
        #expect(watch.isDue(at: start) && watch.proof == nil)
        watch.heard(canary)
        #expect(watch.proof == start)
        #expect(!watch.isDue(at: start + .seconds(4.9)))
        #expect(watch.isDue(at: start + .seconds(5)))
    }

    @Test mutating func `only an own one that is still waited for proves anything, and once`() {
        let canaries = (0...8).map { watch.next(at: start + .seconds($0)) }
        watch.heard("theirs-1")
        watch.heard(canaries[0])
        #expect(watch.proof == nil, "the oldest of too many is not waited for")
        watch.heard(canaries[5])
        watch.heard(canaries[4])
        #expect(watch.proof == start + .seconds(5), "a late one takes nothing back")
    }

    @Test mutating func `what was sent before a subscription proves nothing after it`() {
        let before = watch.next(at: start)
        watch.subscribed()
        watch.heard(before)
        #expect(watch.proof == nil)
        watch.heard(watch.next(at: start + .seconds(1)))
        #expect(watch.proof == start + .seconds(1))
        watch.subscribed()
        #expect(watch.proof == nil && watch.isDue(at: start + .seconds(1)))
    }
}
