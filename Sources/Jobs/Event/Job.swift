/// What an event asks for.
public enum Job: Sendable, Equatable {
    /// Make cached entries disappear everywhere.
    case invalidate(Invalidation)
    /// Put entries into the cache.
    case warm(Warming)
    /// Run a task that tidies the cache.
    case cleanup(Cleanup)
    /// Call a registered task handler.
    case task(TaskCall)

    /// What a job is, without what it is about.
    public typealias Kind = JobKind

    /// What it is.
    public var kind: Kind {
        switch self {
        case .invalidate: .invalidate
        case .warm: .warm
        case .cleanup: .cleanup
        case .task: .task
        }
    }

    /// What the type of a task event begins with; the task's name follows.
    public static let taskPrefix = "task."

    /// The event's `type` on the wire.
    public var type: String {
        switch self {
        case .invalidate: "cache.invalidate"
        case .warm: "cache.warm"
        case .cleanup: "cache.cleanup"
        case .task(let call): Job.taskPrefix + call.name
        }
    }
}
