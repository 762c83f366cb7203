import CacheDomain
import Testing

@Suite struct ServingGateTests {
    private let origin = ContinuousClock.now
    private let gate: ServingGate

    init() { gate = ServingGate(origin: origin) }

    @Test func `a new gate is shut at every time`() {
        for seconds in [-100, 0, 100] { #expect(!gate.isOpen(at: origin + .seconds(seconds))) }
    }

    @Test func `it is open until its deadline, not at it`() {
        gate.open(until: origin + .seconds(3))
        #expect(gate.isOpen(at: origin))
        #expect(gate.isOpen(at: origin + .seconds(3) - .nanoseconds(1)))
        #expect(!gate.isOpen(at: origin + .seconds(3)))
        gate.open(until: origin + .seconds(5))
        #expect(gate.isOpen(at: origin + .seconds(4)))
    }

    @Test func `shutting it is immediate, twice is fine, and it can be opened again`() {
        gate.open(until: origin + .seconds(3))
        gate.shut()
        gate.shut()
        #expect(!gate.isOpen(at: origin))
        gate.open(until: origin + .seconds(1))
        #expect(gate.isOpen(at: origin))
    }
}
