/// Why a value was not loaded, though neither the store nor the source said so.
public enum LoadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The source has not answered in time.
    case timedOut(key: String, after: Duration)
    /// Another process has had the lease all the time, and no value came.
    case waitedInVain(key: String, for: Duration)

    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .timedOut(let key, let limit):
            "the source of \(key) has not answered within \(limit): see why it is slow, or raise "
                + "loadTimeout"
        case .waitedInVain(let key, let limit):
            "another process is loading \(key) since \(limit) or longer: try again, raise "
                + "waitTimeout, or let readers load for themselves (afterWaiting)"
        }
    }
}
