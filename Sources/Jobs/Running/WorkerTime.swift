/// The clocks of a worker, so that a test can stand in for them.
public struct WorkerTime: Sendable {
    /// What pauses are measured by.
    public var clock: any Clock<Duration>
    /// The moment on the clock that never jumps.
    public var now: @Sendable () -> ContinuousClock.Instant
    /// The moment as people name it.
    public var wallClock: @Sendable () -> WallTime

    /// How long a step may take to end after it was cancelled; what takes longer never will.
    public var grace: Duration

    /// The clocks of the machine, unless others are given.
    public init(
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        wallClock: @escaping @Sendable () -> WallTime = { .now() },
        grace: Duration = .seconds(10)
    ) {
        self.clock = clock
        self.now = now
        self.wallClock = wallClock
        self.grace = grace
    }

    /// Waits so long; false when the task was cancelled meanwhile.
    func pause(_ duration: Duration) async -> Bool {
        do {
            try await clock.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}
