// The moments that events name are part of their own interface.
@_exported public import Telemetry

/// A message that says what changed: CloudEvents 1.0, reduced to what this service uses.
public struct Event: Sendable, Equatable {
    /// The producer's identity for it; nil when none was given, and the transport's stands in.
    public var id: String?
    /// Who sent it, a URI reference by convention.
    public var source: String?
    /// What the event is about, in the producer's words.
    public var subject: String?
    /// When it happened, RFC 3339 as it was given.
    public var time: String?
    /// The W3C trace context of the producer, as it was given.
    public var traceparent: String?
    /// It waits until then; attribute `notbefore`.
    public var notBefore: WallTime?
    /// After this it is dropped, on purpose; attribute `expiresat`.
    public var expiresAt: WallTime?
    /// What is to be done.
    public var job: Job
}

extension Event {
    /// An event that asks for `job`.
    public init(id: String? = nil, source: String? = nil, job: Job) {
        self.init(
            id: id,
            source: source,
            subject: nil,
            time: nil,
            traceparent: nil,
            notBefore: nil,
            expiresAt: nil,
            job: job
        )
    }
}
