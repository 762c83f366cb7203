/// The order of all changes, as its readers see it: live messages, and a journal to catch up from.
public protocol CoherenceLog: Sendable {
    /// The position of the last message.
    func position() async throws(StoreError) -> LogPosition

    /// The journal's messages from `sequence` on, in order, at most `limit` of them.
    func journal(
        from sequence: UInt64,
        limit: Int
    ) async throws(StoreError) -> [ArraySlice<UInt8>]

    /// Repeats the last position to everyone: who missed the last message sees it by this. Who
    /// hears its own `canary` knows that it listens where it sends.
    func sendHeartbeat(canary: String) async throws(StoreError)

    /// Reports to `receive`, one call at a time and in order, until the task is cancelled.
    ///
    /// Begins with `.subscribed` as soon as messages are sure to be heard; after `.lost` nothing
    /// comes until the next `.subscribed`. `receive` must not block.
    func follow(_ receive: @escaping @Sendable (CoherenceSignal) -> Void) async
}

/// What a reader of the coherence log hears.
public enum CoherenceSignal: Sendable, Equatable {
    /// From now on every message is heard.
    case subscribed
    /// A message as it was published.
    case message(ArraySlice<UInt8>)
    /// Messages may be missed from now on; the reason is for people.
    case lost(String)
}
