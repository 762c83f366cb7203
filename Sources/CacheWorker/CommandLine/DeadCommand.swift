import Jobs

/// `cacheworker dead …`.
struct DeadCommand: Sendable, Equatable {
    /// What is done.
    enum Action: Sendable, Equatable {
        /// Lists at most so many letters.
        case list(DeadLetterFilter, limit: Int)
        /// Shows one letter, or only the bytes of its event.
        case show(id: String, isRaw: Bool)
        /// Makes jobs of letters.
        case requeue(DeadLetterRequeueing)
        /// Deletes letters.
        case purge(DeadLetterPurge)
    }

    /// Where the configuration comes from.
    let settings: SettingArguments
    /// Over which transport the jobs came; nil: all that are configured.
    let transport: DeadLetter.Transport?
    /// What is done.
    let action: Action
    /// Whether JSON is wanted.
    let isJSON: Bool
}

/// The letters that a command is about.
enum DeadLetterSelection: Sendable, Equatable {
    /// These; never empty.
    case named([String])
    /// All that pass.
    case matching(DeadLetterFilter)
}

/// What `dead requeue` does.
struct DeadLetterRequeueing: Sendable, Equatable {
    /// Which letters.
    let selection: DeadLetterSelection
    /// The most letters in a second.
    let rate: Int?
    /// The file that holds the event in the place of the old one; `-` is standard input.
    let edit: String?
    /// Whether it only says what it would do.
    let isDryRun: Bool
    /// Whether events that break the schema are requeued too.
    let isForced: Bool
}

/// What `dead purge` does.
struct DeadLetterPurge: Sendable, Equatable {
    /// Which letters.
    let selection: DeadLetterSelection
    /// The file that the letters are written to first; nil: they are lost.
    let file: String?
    /// Whether it is really meant.
    let isConfirmed: Bool
}
