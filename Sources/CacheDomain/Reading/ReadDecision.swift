/// What became of a read that found a copy in this process which might not be served as it was.
public enum ReadDecision: String, Sendable, CaseIterable {
    /// The log was not followed, and the store was asked.
    case asked
    /// The copy was not trusted, and was read anew.
    case revalidated
    /// The copy was served all the same, marked as stale.
    case stale
    /// The store could not answer, and the policy allowed nothing else.
    case failed
}
