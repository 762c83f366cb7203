/// An entry in a list: one that nobody here can read must not hide the others.
public enum ScheduleListing: Sendable, Equatable {
    /// How it stands.
    case readable(ScheduleRecord)
    /// A newer program has written it, or it names a zone that this machine does not know.
    case unreadable(name: String, ScheduleError)

    /// The name of the entry.
    public var name: String {
        switch self {
        case .readable(let record): record.entry.name
        case .unreadable(let name, _): name
        }
    }

    /// How it stands.
    /// - Throws: `refused` when it cannot be read.
    public func record() throws(ScheduleError) -> ScheduleRecord {
        switch self {
        case .readable(let record): return record
        case .unreadable(_, let error): throw error
        }
    }
}
