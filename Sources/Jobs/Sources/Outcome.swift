/// What became of a job, in a word.
public enum Outcome: Sendable, Equatable {
    /// Its effect is there and announced.
    case done
    /// It failed and may succeed later: it comes again after this time, with one attempt used.
    case retry(after: Duration, DeadLetterCause)
    /// It is not its time yet: it comes again then, with no attempt used.
    case snooze(until: WallTime)
    /// It has to wait for another job: it comes again after this time, with no attempt used, and
    /// takes its own place in the order.
    case pause(Duration)
    /// Its time is over: it is dropped, as its producer asked for.
    case expired
    /// Later events have changed all that it would have changed: it is over.
    case superseded
    /// Its event was done already: there is nothing to do.
    case duplicate
    /// It was not done, since its worker ends: another one gets it, with no attempt used.
    case handedBack
    /// It can never succeed; a person should look at it.
    case deadLetter(DeadLetterCause)
}

extension Outcome {
    /// The word for logs and metrics.
    public var word: String {
        switch self {
        case .done: "done"
        case .retry: "retry"
        case .snooze, .pause: "snooze"
        case .expired: "expired"
        case .superseded: "superseded"
        case .duplicate: "duplicate"
        case .handedBack: "handed-back"
        case .deadLetter: "dead"
        }
    }
}

/// Why a job went to the dead letters.
public struct DeadLetterCause: Sendable, Equatable {
    /// A word to filter by.
    public let reason: String
    /// A sentence for the person who looks at it.
    public let error: String

    /// A cause from its parts.
    public init(reason: String, error: String) {
        self.reason = reason
        self.error = error
    }
}
