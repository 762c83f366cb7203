/// The kinds of job, each with a queue or stream of its own.
public enum JobKind: String, Sendable, CaseIterable {
    case invalidate
    case warm
    case cleanup
    case task

    /// The kind of an event type: `cache.warm` is a `warm`, `task.resize` a `task`; nil for a type
    /// that nobody handles.
    public init?(eventType: String) {
        if eventType.hasPrefix(Job.taskPrefix) {
            self = .task
        } else if eventType.hasPrefix(Self.cachePrefix),
            let kind = JobKind(rawValue: String(eventType.dropFirst(Self.cachePrefix.count))),
            kind != .task
        {
            self = kind
        } else {
            return nil
        }
    }

    private static let cachePrefix = "cache."
}
