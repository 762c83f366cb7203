import Codecs

/// A job that was given up, with what is known about why.
public struct DeadLetter: Sendable {
    /// Where dead letters are kept.
    public enum Transport: String, Sendable, CaseIterable {
        case stream
        case amqp
        case memory
    }

    /// What was written beside the event when the job was given up; what is absent is unknown.
    public struct Failure: Sendable {
        /// A word to filter by.
        public var reason = ""
        /// A sentence for people.
        public var error = ""
        /// Where the job came from, in the words of its transport.
        public var origin = ""
        /// The kind of job that comes from there.
        public var originKind: JobKind?
        /// How often the job had been handed out.
        public var attempts: Int?
        /// When it was given up.
        public var failedAt: WallTime?
        /// What the broker itself wrote about it, JSON.
        public var brokerRecord: String?
        /// Whatever else is there.
        public var others: [(name: String, value: String)] = []

        /// A failure about which nothing is known.
        public init() {}
    }

    /// Names the letter as long as it is there.
    public let id: String
    /// Where it is kept.
    public let transport: Transport
    /// The event as it arrived.
    public let delivery: Delivery
    /// What is known about why.
    public let failure: Failure
    /// The size of an event that was too large to be read again; `delivery` has no body then.
    public let unreadByteCount: Int?
    /// The event's `id`, as far as that can be read.
    public let eventID: String?
    /// The event's `type`, as far as that can be read.
    public let eventType: String?

    /// A letter from its parts; the event is looked into, leniently.
    public init(
        id: String,
        transport: Transport,
        delivery: Delivery,
        failure: Failure,
        unreadByteCount: Int? = nil
    ) {
        self.id = id
        self.transport = transport
        self.delivery = delivery
        self.failure = failure
        self.unreadByteCount = unreadByteCount
        (eventID, eventType) = delivery.outline
    }

    /// The kind of job: what the event says, else what comes from its origin.
    public var kind: JobKind? {
        eventType.flatMap(JobKind.init(eventType:)) ?? failure.originKind
    }

    /// The bytes of the event, read or not.
    public var byteCount: Int { unreadByteCount ?? delivery.body.count }

    /// How long ago it was given up; nil when unknown.
    public func age(at now: WallTime) -> Duration? {
        failure.failedAt.map { max(.zero, $0.duration(to: now)) }
    }
}

extension Delivery {
    /// Id and type, whatever else is wrong with the event.
    fileprivate var outline: (id: String?, type: String?) {
        let mode = try? EventMode(contentType: contentType, headers: headers)
        if case .binary(let prefix)? = mode {
            func header(_ attribute: EventAttribute) -> String? {
                headers.first { prefix.attribute(of: $0.name) == attribute.rawValue }?.value
            }
            return (header(.id), header(.type))
        }
        var reader = JSONReader()
        guard let document = try? reader.read(body) else { return (nil, nil) }
        func member(_ attribute: EventAttribute) -> String? {
            document.member(attribute.rawValue, of: document.root).flatMap(document.string)
        }
        return (member(.id), member(.type))
    }
}
