extension LocalTier {
    /// So often expired entries go by themselves; nothing lives longer than a minute here.
    static let sweepInterval = Duration.seconds(60)

    /// Gives back the memory of what has expired, again and again, until the task is cancelled.
    ///
    /// Each process sweeps its own tier: nobody else can reach it.
    public func sweep(
        clock: any Clock<Duration> = ContinuousClock(),
        now: @Sendable () -> ContinuousClock.Instant = { .now }
    ) async {
        while (try? await clock.sleep(for: Self.sweepInterval)) != nil {
            _ = removeExpired(at: now())
        }
    }
}
