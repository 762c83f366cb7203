/// What a simulated fleet can do without, to show that the check sees it.
enum Mechanism: CaseIterable, Sendable {
    /// A value read before a message about it came is not kept.
    case fillToken
    /// The last position is repeated when the log is silent.
    case heartbeat
    /// What was skipped is read from the journal, and nothing served meanwhile.
    case replay
    /// Nothing is served when nothing was heard for long.
    case lease
    /// The last message applied must still be in the journal, to the byte.
    case proof
    /// Two messages of one number are never alike, so the proof cannot be mistaken.
    case identity
    /// What came about after the last message applied is forgotten with the subscription.
    case ahead
    /// Nothing is served by who does not hear itself.
    case canary
}
