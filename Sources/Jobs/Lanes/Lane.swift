/// Kinds of job that go through one source, apart from all others.
///
/// A worker does the batches of its source one after the other, so what takes minutes holds up all
/// that is behind it. Invalidations must not wait for that: cleanups and tasks have lanes of their
/// own, and so has a kind with a rate, since a lane that pauses pauses as a whole.
public struct Lane: Sendable, Equatable {
    /// The kinds, in the order of `JobKind`.
    public let kinds: [JobKind]
    /// How many batches may be unsettled at once, or how many jobs where they are done singly.
    public let concurrency: Int
    /// How fast jobs may begin; nil: as fast as they can.
    public let rate: JobRate?

    /// A lane from its parts.
    public init(_ kinds: [JobKind], concurrency: Int = .max, rate: JobRate? = nil) {
        self.kinds = kinds
        self.concurrency = max(1, concurrency)
        self.rate = rate
    }

    /// All lanes of a transport.
    ///
    /// Invalidations and warms share one, which keeps their order, unless one of them has a rate
    /// or is to be less concurrent.
    public static func all(
        concurrency: (JobKind) -> Int,
        rate: (JobKind) -> JobRate?
    ) -> [Lane] {
        let together: [JobKind] = [.invalidate, .warm]
        let shares =
            together.allSatisfy { rate($0) == nil }
            && Set(together.map(concurrency)).count == 1
        let groups = shares ? [together] : together.map { [$0] }
        return (groups + [[.cleanup], [.task]])
            .map { Lane($0, concurrency: concurrency($0[0]), rate: rate($0[0])) }
    }

    /// Whether its jobs are done in batches.
    ///
    /// Others may each take minutes: they are taken one by one, and none is taken ahead, so that it
    /// waits where another worker finds it.
    public var isBatched: Bool { kinds.allSatisfy { $0 == .invalidate || $0 == .warm } }

    /// How many workers share its source.
    public var workerCount: Int { isBatched ? 1 : concurrency }

    /// What names of consumers and connections get behind those of the process; empty for the
    /// lane of the invalidations.
    public var suffix: String {
        kinds.contains(.invalidate) ? "" : kinds.map { "/\($0.rawValue)" }.joined()
    }

    /// The kinds, for logs.
    public var name: String { kinds.map(\.rawValue).joined(separator: "+") }
}
