/// What a node can do without, to show that the exploration sees it.
enum Omission: CaseIterable, Sendable {
    /// A value that was asked for before a message about it came is not kept.
    case fillToken
    /// What was skipped is asked for.
    case replay
    /// The journal has what was skipped.
    case journal
    /// Nothing is served when nothing was heard for long.
    case lease
    /// The last message applied must still be in the journal, to the byte.
    case proof
    /// Two messages of one number are never alike, so the proof cannot be mistaken.
    case identity
    /// What came about after the last message applied is forgotten with the subscription.
    case ahead
    /// No answer is trusted before it is known that the server asked is the one listened to.
    case origin
    /// Nothing is served while something is missing.
    case doubt
    /// The last position is repeated when the log is silent.
    case heartbeat
    /// Nothing is served by who does not hear itself.
    case canary
}
