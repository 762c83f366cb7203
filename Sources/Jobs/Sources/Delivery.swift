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

    /// A delivery from its parts.
    public init(
        body: ArraySlice<UInt8>,
        contentType: String? = nil,
        headers: [(name: String, value: String)] = [],
        attempt: Int = 1,
        firstFailedAt: WallTime? = nil,
        fault: EventError? = nil
    ) {
        self.body = body
        self.contentType = contentType
        self.headers = headers
        self.attempt = attempt
        self.firstFailedAt = firstFailedAt
        self.fault = fault
    }
}
