import Telemetry

/// The entries that one process brings along: those of its configuration file and of the program.
public struct Installation: Sendable, Equatable {
    /// The name of the process.
    public var node: String
    /// The order in which files were read, given at the first time; nil before.
    public var number: Int?
    /// The entries, each name once.
    public var entries: [InstalledEntry]
    /// Where entries begin that are not there; nil: now.
    ///
    /// What came before was seen to when this process last looked.
    public var seenUntil: WallTime?

    /// Entries that have not been put in yet.
    public init(
        node: String,
        number: Int? = nil,
        entries: [InstalledEntry],
        seenUntil: WallTime? = nil
    ) {
        self.node = node
        self.number = number
        self.entries = entries
        self.seenUntil = seenUntil
    }
}

/// An entry that a process brings along.
public struct InstalledEntry: Sendable, Equatable {
    /// The definition.
    public var entry: ScheduleEntry
    /// Whether the program brings it, not its file.
    public var isBuiltin: Bool

    /// An entry from its parts.
    public init(_ entry: ScheduleEntry, isBuiltin: Bool = false) {
        self.entry = entry
        self.isBuiltin = isBuiltin
    }
}

/// What putting entries in has done.
public struct InstallReceipt: Sendable, Equatable {
    /// The number of the file, for the next time.
    public var number: Int
    /// The state of the schedule behind it.
    public var version: ScheduleVersion
    /// Dynamic entries that the file has taken over.
    public var takenOver: [String]
    /// Entries that no living process has any more, and that were removed.
    public var removed: [String]

    /// A receipt from its parts.
    public init(
        number: Int,
        version: ScheduleVersion,
        takenOver: [String] = [],
        removed: [String] = []
    ) {
        self.number = number
        self.version = version
        self.takenOver = takenOver
        self.removed = removed
    }
}

/// Which state of the schedule's definitions this is.
public struct ScheduleVersion: Sendable, Equatable {
    /// A random text that differs whenever the schedule has been emptied.
    public var life: String
    /// Rises by each change of a definition.
    public var number: Int

    /// A version from its parts.
    public init(life: String, number: Int) {
        self.life = life
        self.number = number
    }
}
