/// What a process of the service does.
enum Role: String, Sendable, CaseIterable {
    /// Takes jobs and applies them.
    case worker
    /// Fires the entries of the schedule.
    case beat
    /// Answers probes and scrapes over HTTP.
    case http
}
