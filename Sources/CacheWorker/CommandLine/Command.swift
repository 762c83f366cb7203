/// What a command line asks for.
enum Command: Sendable, Equatable {
    /// Print this text.
    case help(String)
    /// Print the version.
    case version(VersionCommand)
    /// Run the service.
    case run(RunCommand)
    /// Send events.
    case publish(PublishCommand)
    /// See to the jobs that were given up.
    case dead(DeadCommand)
    /// See to what happens at certain times.
    case schedule(ScheduleCommand)
    /// Read or change the cache by hand.
    case cache(CacheCommand)
}

/// `cacheworker version`.
struct VersionCommand: Sendable, Equatable {
    /// Whether JSON is wanted.
    let isJSON: Bool
}

/// `cacheworker run`.
struct RunCommand: Sendable, Equatable {
    /// Where the configuration comes from.
    let settings: SettingArguments
    /// Whether events are read from standard input too, one a line.
    let readsStandardInput: Bool
}

/// `cacheworker publish`.
struct PublishCommand: Sendable, Equatable {
    /// Where the events come from.
    enum Source: Sendable, Equatable {
        /// One event of this type with this JSON text as its data, unchecked.
        case data(type: String, json: String)
        /// One invalidation of these.
        case invalidation(InvalidationTargets)
        /// A file with one event a line.
        case file(String)
        /// Standard input with one event a line.
        case standardInput
    }

    /// How events travel.
    enum Transport: String, Sendable, CaseIterable {
        case amqp
        case stream
    }

    /// Where the configuration comes from.
    let settings: SettingArguments
    /// What is sent.
    let source: Source
    /// As asked for; nil: AMQP when the configuration has an address for it, else a stream.
    let transport: Transport?
}

/// `cacheworker cache …`.
struct CacheCommand: Sendable, Equatable {
    /// What is done.
    enum Action: Sendable, Equatable {
        /// Reads keys; never empty.
        case get(keys: [String])
        /// Stores a value.
        case set(CacheAssignment)
        /// Deletes keys; never empty.
        case delete(keys: [String])
        /// Invalidates; never empty.
        case invalidate(InvalidationTargets)
    }

    /// Where the configuration comes from.
    let settings: SettingArguments
    /// What is done.
    let action: Action
    /// Whether JSON is wanted.
    let isJSON: Bool
}

/// A value that is to be stored.
struct CacheAssignment: Sendable, Equatable {
    /// The full Redis key.
    let key: String
    /// The text, stored as it is.
    let value: String
    /// Its life, longer than nothing; nil: that of the configuration.
    let timeToLive: Duration?
    /// Its tags.
    let tags: [String]
    /// Whether a value that is there stays.
    let onlyIfAbsent: Bool
}

/// What is to go; at least one item in all.
struct InvalidationTargets: Sendable, Equatable {
    /// Full Redis keys.
    var keys: [String] = []
    /// Names of tags.
    var tags: [String] = []
    /// Globs on full keys.
    var patterns: [String] = []
    /// Heads of keys, without the colon.
    var namespaces: [String] = []

    /// Whether nothing is named.
    var isEmpty: Bool {
        keys.isEmpty && tags.isEmpty && patterns.isEmpty && namespaces.isEmpty
    }
}
