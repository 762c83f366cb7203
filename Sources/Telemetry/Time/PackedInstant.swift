/// An instant of the continuous clock as plain memory.
///
/// The clock's own type is laid out by its library at run time, and so is whatever holds it: to
/// copy that takes calls where this takes moves. It is for what is kept and copied often.
public struct PackedInstant: Sendable, Hashable {
    /// Any fixed one.
    @usableFromInline static let origin = ContinuousClock.now

    @usableFromInline let sinceOrigin: Duration

    /// The same instant, packed.
    @inlinable public init(_ instant: ContinuousClock.Instant) {
        sinceOrigin = Self.origin.duration(to: instant)
    }

    /// The instant.
    @inlinable public var instant: ContinuousClock.Instant { Self.origin + sinceOrigin }
}
