/// What a process of the service does.
enum Role: String, Sendable, CaseIterable {
    /// Takes jobs and applies them.
    case worker
    /// Answers probes and scrapes over HTTP.
    case http
}
