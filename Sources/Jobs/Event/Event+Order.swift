import Codecs

extension Event {
    /// How far a producer's clock may be ahead of ours; a stamp from beyond would keep all that
    /// follows it out of the cache.
    static let maxClockLead = Duration.seconds(60)

    /// The event's place among those of its producer: attributes `source` and `time`; nil without.
    ///
    /// An event that waits for its time is as new as that time.
    func stamp(at now: WallTime) -> OrderStamp? {
        guard let source, let time, let instant = RFC3339.instant(time),
            now.duration(to: instant.moment) <= Self.maxClockLead,
            let stamp = OrderStamp(
                producer: source,
                milliseconds: instant.moment.milliseconds,
                nanoseconds: instant.nanoseconds
            )
        else { return nil }
        return notBefore.map { stamp.notBefore(milliseconds: $0.milliseconds) } ?? stamp
    }
}
