/// Tells what becomes of the store's keys under some prefixes, whoever changes them: programs that
/// write to the store directly do not announce it in the log.
public protocol PrefixWatch: Sendable {
    /// Makes a change that only this watch is told of, in the place and by the connection that
    /// values are read from: who hears of it hears of all changes that were made before.
    ///
    /// - Returns: Which connection that was: values that were read over another one may be those
    ///   of another server, which nobody watched.
    func sendCanary(_ canary: String) async throws(StoreError) -> UInt64

    /// Reports to `receive`, one call at a time and in order, until the task is cancelled.
    ///
    /// Begins with `.began` as soon as changes are sure to be told; after `.lost` nothing comes
    /// until the next `.began`, but perhaps a better reason. `receive` must not block.
    func follow(_ receive: @escaping @Sendable (PrefixWatchSignal) -> Void) async
}

/// What a watch tells.
public enum PrefixWatchSignal: Sendable, Equatable {
    /// From now on every change is told.
    case began
    /// These keys have changed, or may have.
    case changed([String])
    /// Every key may have changed.
    case flushed
    /// A canary has come back.
    case canary(String)
    /// Changes may be missed from now on; the reason is for people.
    case lost(String)
}
