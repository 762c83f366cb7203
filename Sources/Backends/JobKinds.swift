import Jobs

/// The kinds of job that have a queue or stream of their own.
public enum JobKinds: Sendable {
    /// Every kind, in the order they are read.
    public static let all = JobKind.allCases.map(\.rawValue)

    /// The kind that an event type belongs to: `cache.warm` is of the kind `warm`, `task.resize` of
    /// the kind `task`.
    static func kind(ofType type: String) -> String {
        String(routingKey(ofType: type).prefix { $0 != "." })
    }

    /// The routing key of an event type: the type without `cache.` before it.
    static func routingKey(ofType type: String) -> String {
        type.hasPrefix("cache.") ? String(type.dropFirst("cache.".count)) : type
    }
}
