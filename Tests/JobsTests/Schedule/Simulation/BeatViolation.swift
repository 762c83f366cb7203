/// What must be true of all firings, in every life.
enum BeatInvariant: String, Sendable {
    /// No instant is decided on twice by a schedule that remembers the first time.
    case doubled
    /// Each instant is decided on soon after it has come, when any process is well.
    case missed
    /// Nothing fires before its instant on the clock of the server.
    case early
    /// What came too late is fired or given up as the catch-up rule says.
    case policy
    /// A paused entry does not fire.
    case paused
    /// What fires is what the entry says now.
    case definition
    /// Start and end, jitter and expiry are kept.
    case bounds
    /// What a run under way means for the next firing.
    case overlap
    /// All events of one instant have one id.
    case identity
    /// What is enqueued arrives, as often as the schedule has forgotten that it was.
    case delivery
    /// Two processes do not publish the same thing at the same time.
    case lease
    /// An entry that comes back goes on where it was.
    case place
    /// The history tells what has happened.
    case history
    /// A process knows how far its clock is from the server's.
    case skew
}

/// Something that must not happen, and has.
struct BeatViolation: Error, Equatable, CustomStringConvertible {
    let invariant: BeatInvariant
    let text: String

    init(_ invariant: BeatInvariant, _ text: String) {
        self.invariant = invariant
        self.text = text
    }

    var description: String { "\(invariant): \(text)" }
}
