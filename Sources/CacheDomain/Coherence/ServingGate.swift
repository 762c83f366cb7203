import Synchronization

/// Whether the local tier may answer now.
///
/// It is open for the length of a lease after the log was last heard, on the monotonic clock: a
/// process that was stopped, or cut off, finds it shut when it comes back.
public final class ServingGate: Sendable {
    private let origin: ContinuousClock.Instant
    private let openUntil = Atomic<Int64>(.min)

    /// A gate that is shut; `origin` is where its clock begins.
    public init(origin: ContinuousClock.Instant) { self.origin = origin }

    /// One atomic load and a comparison.
    public func isOpen(at now: ContinuousClock.Instant) -> Bool {
        ticks(now) < openUntil.load(ordering: .acquiring)
    }

    /// Opens it until `deadline`.
    public func open(until deadline: ContinuousClock.Instant) {
        openUntil.store(ticks(deadline), ordering: .releasing)
    }

    /// Opens it until `deadline`, or shuts it for want of one.
    func set(until deadline: ContinuousClock.Instant?) {
        if let deadline { open(until: deadline) } else { shut() }
    }

    /// Shuts it at once.
    public func shut() { openUntil.store(.min, ordering: .releasing) }

    /// Some nanoseconds long: to divide by a power of two is a shift, and this is in every read.
    private func ticks(_ instant: ContinuousClock.Instant) -> Int64 {
        Int64(truncatingIfNeeded: origin.duration(to: instant).attoseconds >> 30)
    }
}
