/// What the simulated schedule can do without, to show that the check sees it.
enum BeatMechanism: CaseIterable, Sendable {
    /// A claim holds only while the entry is in the place where it was looked at.
    case place
    /// A claim holds only while the definition is the one that was looked at.
    case revision
    /// A claim does not hold while the entry is paused, whenever it was looked at.
    case pause
    /// The clock of the server decides, not those of the processes.
    case serverClock
    /// What goes to the broker is kept until that has confirmed it.
    case outbox
    /// What is on its way to the broker is one process's for a while.
    case lease
    /// What is older than the catch-up rule says is given up.
    case catchUp
    /// A firing's event has the same id, whoever claims it.
    case eventID
    /// An emptied schedule begins where a living process last saw it.
    case seenUntil
    /// What waits for a run to end waits.
    case overlap
}
