/// What a read does when the copy in this process may not be trusted: while the coherence log is
/// not followed, and after a part of it was lost.
///
/// A copy that is served all the same is marked in the result. It never outlives its time to live.
public enum ReadPolicy: String, Sendable, CaseIterable {
    /// Asks the store, and fails when that cannot answer.
    case askStore
    /// Asks the store, and serves the copy when that cannot answer; `stale-if-error` of RFC 5861.
    case staleIfError
    /// Serves the copy at once and asks the store behind it; `stale-while-revalidate` of RFC 5861.
    case staleWhileRevalidate
}
