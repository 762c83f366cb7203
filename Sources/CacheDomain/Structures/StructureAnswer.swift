/// What a step of a transaction comes to.
public enum StructureAnswer: Sendable, Equatable {
    /// The step answers with nothing.
    case done
    /// A number.
    case number(Int)
    /// Bytes; nil where there are none.
    case bytes([UInt8]?)
    /// Fields, in no order; none where there is no hash.
    case fields([StructureField])
    /// Elements in their order; none where there is no list.
    case elements([[UInt8]])
    /// How long a key has to live.
    case lifetime(KeyLifetime)
    /// Whether a mark was made.
    case admission(Admission)
}

/// How long a key has to live.
public enum KeyLifetime: Sendable, Equatable {
    /// There is no such key.
    case absent
    /// A foreign program gave it no limit.
    case unlimited
    /// So long.
    case remaining(Duration)
}

/// What a window says to one who asks to be let in.
public struct Admission: Sendable, Equatable {
    /// Whether there was room.
    public let isAdmitted: Bool
    /// How many marks the window has now, this one counted.
    public let count: Int
    /// When room will be, if there was none: the time until the oldest mark leaves the window.
    public let retryAfter: Duration?

    /// An admission from its parts.
    public init(isAdmitted: Bool, count: Int, retryAfter: Duration? = nil) {
        self.isAdmitted = isAdmitted
        self.count = count
        self.retryAfter = retryAfter
    }
}

/// What a transaction came to: one answer for each step, and where it was announced.
public struct StructureReceipt: Sendable, Equatable {
    /// In the order of the steps.
    public let answers: [StructureAnswer]
    /// The position of the message that announced it; nil where nothing had to be announced.
    public let position: LogPosition?

    /// A receipt from its parts.
    public init(answers: [StructureAnswer], position: LogPosition?) {
        self.answers = answers
        self.position = position
    }
}
