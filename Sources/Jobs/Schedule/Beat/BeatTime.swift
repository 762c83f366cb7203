import Telemetry

/// The clocks of a beat, so that a test can stand in for them.
public struct BeatTime: Sendable {
    /// What pauses are measured by.
    public var clock: any Clock<Duration>
    /// The moment on the clock that never jumps.
    public var now: @Sendable () -> ContinuousClock.Instant
    /// The moment as people name it: only compared with the server's, for the log.
    public var wallClock: @Sendable () -> WallTime

    /// The clocks of the machine, unless others are given.
    public init(
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        wallClock: @escaping @Sendable () -> WallTime = { .now() }
    ) {
        self.clock = clock
        self.now = now
        self.wallClock = wallClock
    }
}
