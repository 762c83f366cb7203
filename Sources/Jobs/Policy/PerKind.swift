/// A value for every kind of job: one for most, others for some.
public struct PerKind<Value: Sendable & Equatable>: Sendable, Equatable {
    /// What holds for a kind that has no exception.
    public var standard: Value
    /// What holds for some kinds instead.
    public var exceptions: [Job.Kind: Value]

    /// One value for most kinds, and others for some.
    public init(_ standard: Value, except exceptions: [Job.Kind: Value] = [:]) {
        self.standard = standard
        self.exceptions = exceptions
    }

    /// What holds for that kind.
    public subscript(kind: Job.Kind) -> Value { exceptions[kind] ?? standard }
}
