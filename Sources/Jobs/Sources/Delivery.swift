public import Codecs

/// A job as a transport handed it over: bytes, and where they came from.
public struct Delivery: Sendable {
    /// The event, as it arrived.
    public let body: ArraySlice<UInt8>
    /// The media type the transport names, if it names one.
    public let contentType: String?
    /// What travelled beside the body; CloudEvents attributes may be among it.
    public let headers: [(name: String, value: String)]
    /// Why it can be no event, where the transport knows that already; else nil.
    public let fault: EventError?
    /// Which attempt this is, from 1; only failures that led to a retry count.
    public let attempt: Int
    /// When its first attempt failed; nil for one that has not failed yet.
    public let firstFailedAt: WallTime?
    /// What the transport calls the message; nil where it has no name for it.
    public let name: Name?
    /// Whether a process that had it may have died of it: its consumer did not settle it.
    public let isSuspect: Bool

    /// The name of a message within its transport.
    public struct Name: Sendable, Equatable {
        /// Where it waits: a stream.
        public let place: String
        /// Its id there.
        public let id: ArraySlice<UInt8>

        /// A name from its parts.
        public init(_ place: String, _ id: ArraySlice<UInt8>) {
            self.place = place
            self.id = id
        }
    }
    /// Its place among all jobs of the server, if that keeps one for it; else the event may tell.
    public let stamp: OrderStamp?

    /// A delivery from its parts.
    public init(
        body: ArraySlice<UInt8>,
        contentType: String? = nil,
        headers: [(name: String, value: String)] = [],
        attempt: Int = 1,
        firstFailedAt: WallTime? = nil,
        name: Name? = nil,
        isSuspect: Bool = false,
        stamp: OrderStamp? = nil,
        fault: EventError? = nil
    ) {
        self.body = body
        self.contentType = contentType
        self.headers = headers
        self.attempt = attempt
        self.firstFailedAt = firstFailedAt
        self.name = name
        self.isSuspect = isSuspect
        self.stamp = stamp
        self.fault = fault
    }
}

extension Delivery {
    /// What tells the message from others, each time it is delivered: its name, or where it has
    /// none, a digest of what it holds, which messages that say the same share.
    var identity: String {
        if let name { return "\(name.place) \(String(decoding: name.id, as: UTF8.self))" }
        var digest = Digest()
        digest.add(body)
        for header in headers {
            digest.add(header.name.utf8)
            digest.add(header.value.utf8)
        }
        return digest.text
    }
}
