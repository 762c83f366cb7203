/// An entry of the local tier as a reader finds it.
public struct HeldCopy: Sendable, Equatable {
    /// What is held.
    public let entry: LocalEntry
    /// Whether it is known to be coherent.
    public let isTrusted: Bool
}
