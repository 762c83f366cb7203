/// A moment from which the clocks of a zone are at another distance to UTC.
struct ZoneChange: Sendable, Hashable {
    /// Seconds since 1970 in UTC.
    let at: Int
    /// Seconds east of UTC from then on.
    let offset: Int
}
