/// Where the dead letters of one transport are kept.
public protocol DeadLetterStore: Sendable {
    /// What the letters came over.
    var transport: DeadLetter.Transport { get }

    /// Whether a letter of this store may have that id: the ids of two stores never look alike.
    func mayOwn(_ id: String) -> Bool

    /// Opens the letters while `body` runs, which takes them page by page.
    ///
    /// Letters that are added meanwhile are not among them. What `body` does not settle is there
    /// afterwards as before.
    func read<Result: Sendable>(
        _ range: DeadLetterRange,
        _ body: (any DeadLetterSession) async throws(DeadLetterError) -> Result
    ) async throws(DeadLetterError) -> Result
}

/// A walk over dead letters, the oldest first, in one task.
public protocol DeadLetterSession {
    /// Whether everything was seen once `nextPage` gives nothing; if not, so much was held open
    /// that the store gave no more.
    var isComplete: Bool { get }

    /// The next letters; none at the end.
    func nextPage() async throws(DeadLetterError) -> [DeadLetter]

    /// Makes jobs of letters of the last page: each job is stored before its letter is removed.
    ///
    /// - Returns: for each whether it was done; false when somebody else had taken the letter.
    func requeue(_ requests: [DeadLetterRequeue]) async throws(DeadLetterError) -> [Bool]

    /// Removes letters of the last page.
    ///
    /// - Returns: for each whether it was done; false when somebody else had taken the letter.
    func remove(_ letters: [DeadLetter]) async throws(DeadLetterError) -> [Bool]
}

/// A store whose letters go by age.
public protocol DeadLetterExpiry: Sendable {
    /// Removes letters given up before that moment, in bounded steps.
    ///
    /// - Returns: How many went.
    func removeLetters(failedBefore moment: WallTime) async throws(DeadLetterError) -> Int
}

/// Which letters a walk is about, and how much it may hold at once.
public struct DeadLetterRange: Sendable, Equatable {
    /// Which letters.
    public enum Extent: Sendable, Equatable {
        /// All that are there now.
        case all
        /// Those with these ids; the others are passed over.
        case named([String])
    }

    /// Which letters.
    public var extent: Extent
    /// The most letters in a page, from 1.
    public var pageSize: Int
    /// The most letters that a broker may hand out unsettled, from 1.
    public var window: Int

    /// A range that holds a few megabytes at a time.
    public init(_ extent: Extent, pageSize: Int = 32, window: Int = 10_000) {
        self.extent = extent
        self.pageSize = max(1, pageSize)
        self.window = max(1, window)
    }
}

/// A letter that is to become a job again.
public struct DeadLetterRequeue: Sendable {
    /// The letter.
    public let letter: DeadLetter
    /// The kind of job that it becomes.
    public let kind: JobKind
    /// The event in structured mode that takes the place of the old one; nil: the old one.
    public let edited: [UInt8]?

    /// A request from its parts.
    public init(_ letter: DeadLetter, as kind: JobKind, edited: [UInt8]? = nil) {
        self.letter = letter
        self.kind = kind
        self.edited = edited
    }
}

/// Why the letters cannot be read or settled; what was settled before stays so.
public struct DeadLetterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The class of the failure.
    public enum Code: Sendable {
        /// The server is away, or gave no answer.
        case unavailable
        /// The server says no, and will until somebody changes something.
        case refused
        /// What the letters were to be written to takes no more.
        case notWritten
    }

    /// The class of the failure.
    public let code: Code
    /// What happened and what to do.
    public let message: String

    /// An error from its parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence alone.
    public var description: String { message }
}
