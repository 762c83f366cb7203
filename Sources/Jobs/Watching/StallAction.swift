/// What is done when no jobs come although they should, each time more.
public enum StallAction: String, Sendable, CaseIterable, Comparable {
    /// What jobs of the queue come through is made anew: a channel with its consumer, the
    /// connection that reads a stream.
    case consumer
    /// All connections that the source takes jobs by are made anew.
    case connection
    /// The process ends, for somebody to start it again.
    case exit

    /// What does more is greater.
    public static func < (left: StallAction, right: StallAction) -> Bool {
        left.rank < right.rank
    }

    /// What is done when this one has not helped.
    var next: StallAction {
        switch self {
        case .consumer: .connection
        case .connection, .exit: .exit
        }
    }

    private var rank: Int {
        switch self {
        case .consumer: 0
        case .connection: 1
        case .exit: 2
        }
    }
}
