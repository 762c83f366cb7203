import Synchronization

/// Counts what becomes of the calls on one namespace.
final class CacheTally: Sendable {
    private let state = Mutex(CacheCounts())

    var counts: CacheCounts { state.withLock(\.self) }

    func count(_ change: (inout CacheCounts) -> Void) { state.withLock { change(&$0) } }
}
