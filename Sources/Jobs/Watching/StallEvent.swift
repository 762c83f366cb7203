/// What a watchdog tells.
public enum StallEvent: Sendable, Equatable {
    /// No jobs come from a queue although they should, and this is done about it.
    case stalled(source: String, queue: String, StallAction)
    /// Jobs come again, or none wait any more.
    case recovered(source: String, queue: String)
}
