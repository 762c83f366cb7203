/// Decides which dead letters become jobs again: only those that can be read as events.
public struct RequeueCheck: Sendable {
    private var decoder: EventDecoder
    private let isForced: Bool
    private let edited: (event: [UInt8], kind: JobKind)?

    /// A check of events within `limits`.
    ///
    /// - Parameters:
    ///   - limits: how large an event may be.
    ///   - isForced: whether an event that breaks the schema passes, if its kind is known.
    ///   - edited: the event in structured mode that takes the place of the letter's.
    /// - Throws: What is wrong with `edited`.
    public init(
        limits: EventLimits,
        isForced: Bool = false,
        edited: [UInt8]? = nil
    ) throws(EventError) {
        decoder = EventDecoder(limits: limits)
        self.isForced = isForced
        if let edited {
            self.edited = (edited, try decoder.decode(edited[...]).kind)
        } else {
            self.edited = nil
        }
    }

    /// What is to be requeued for a letter.
    ///
    /// - Throws: Why the letter can never succeed.
    public mutating func request(for letter: DeadLetter) throws(EventError) -> DeadLetterRequeue {
        if let edited { return DeadLetterRequeue(letter, as: edited.kind, edited: edited.event) }
        if let count = letter.unreadByteCount {
            throw EventError(
                .tooLarge,
                path: "$",
                message: "the event has \(count) bytes and cannot be read again"
            )
        }
        do throws(EventError) {
            let event = try decoder.decode(
                body: letter.delivery.body,
                contentType: letter.delivery.contentType,
                headers: letter.delivery.headers
            )
            return DeadLetterRequeue(letter, as: event.kind)
        } catch {
            guard isForced, let kind = letter.kind else { throw error }
            return DeadLetterRequeue(letter, as: kind)
        }
    }
}

extension Event {
    fileprivate var kind: JobKind {
        switch job {
        case .invalidate: .invalidate
        case .warm: .warm
        case .cleanup: .cleanup
        case .task: .task
        }
    }
}
