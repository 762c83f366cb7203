import Telemetry

/// How far the clock of this process is from that of the server, by the look that took the least
/// time lately.
struct ClockSkew: Sendable {
    /// A difference worth a word in the log.
    static let tolerance = Duration.seconds(2)
    /// A measurement that took longer than the best one counts after so many looks.
    static let memory = 60

    /// Positive: this clock is ahead.
    private(set) var offset = Duration.zero
    private var error: Duration?
    private var age = 0
    private var isTold = false

    /// A look that was sent and answered at these times of this clock, and the server's in between.
    /// - Returns: whether the log should hear of it, once for each time the clocks part or meet.
    mutating func measured(
        sent: WallTime,
        answered: WallTime,
        server: WallTime
    ) -> Bool {
        let doubt = sent.duration(to: answered) / 2
        age += 1
        let isBetter = error.map { doubt <= $0 } ?? true
        guard doubt >= .zero, isBetter || age > Self.memory else { return false }
        (error, age) = (doubt, 0)
        offset = server.duration(to: sent) + doubt
        let isApart = abs(offset) - doubt > Self.tolerance
        defer { isTold = isApart }
        return isApart != isTold
    }

    /// Whether the clocks are further apart than they should be.
    var isApart: Bool { isTold }
}

private func abs(_ duration: Duration) -> Duration {
    duration < .zero ? .zero - duration : duration
}
