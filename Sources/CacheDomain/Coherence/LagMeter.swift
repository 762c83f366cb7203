import Telemetry

/// How long changes take from their publication until they are applied here: a pure value.
///
/// Messages say when they were published by the clock of the server, which is another one than that
/// of this process, may be wrong, may be set, and after a fail-over is the clock of another server.
/// So an own canary tells what its clock shows: it was published after it had been sent and before
/// it was heard. That gives two limits to the moment at which the server's clock began, and all
/// canaries together give narrow ones. A lag is counted from the earlier limit, so it is never told
/// too short, and too long by no more than the fastest round trip of a canary.
///
/// Whether the clock was still the same is known only when the next canary agrees with those before
/// it: until then lags wait. If it does not agree, what has waited is not counted.
struct LagMeter: Sendable, Equatable {
    /// Where the buckets end, in seconds.
    static let bounds = [
        0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
        30, 60,
    ]
    /// A clock that is kept right gains or loses no more than this share.
    static let maxDrift = 0.000_5

    /// The lags of which the clock is known to have been right, in seconds.
    private(set) var lags = Distribution(bounds: bounds)
    /// Messages that do not say when they were published, or by a clock that is not known.
    private(set) var unmeasuredCount = 0
    private var waiting = Distribution(bounds: bounds)
    private var origin: Origin?

    /// The moment at which the clock of the server showed 0, as known at some moment.
    private struct Origin: Equatable {
        var earliest: ContinuousClock.Instant
        var latest: ContinuousClock.Instant
        let knownAt: ContinuousClock.Instant

        /// The limits at a later moment: clocks do not run alike.
        func widened(at now: ContinuousClock.Instant) -> Origin {
            let drift = knownAt.duration(to: now) * LagMeter.maxDrift
            return Origin(earliest: earliest - drift, latest: latest + drift, knownAt: now)
        }
    }

    /// An own canary came back, which was published at that time of the server's clock.
    mutating func heardCanary(
        publishedAt: Duration,
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) {
        var seen = Origin(earliest: sentAt - publishedAt, latest: now - publishedAt, knownAt: now)
        let known = origin?.widened(at: now)
        if let known, seen.earliest <= known.latest, known.earliest <= seen.latest {
            seen.earliest = max(seen.earliest, known.earliest)
            seen.latest = min(seen.latest, known.latest)
            lags.add(waiting)
        } else {
            unmeasuredCount += waiting.count
        }
        origin = seen
        waiting = Distribution(bounds: Self.bounds)
    }

    /// A message was applied, which was published at that time of the server's clock.
    mutating func applied(publishedAt: Duration, at now: ContinuousClock.Instant) {
        guard let origin = origin?.widened(at: now) else { return noteUnmeasured() }
        let lag = (origin.earliest + publishedAt).duration(to: now)
        // A clock that was set forward shows what has not been yet.
        guard lag >= .zero else { return noteUnmeasured() }
        waiting.add(lag / .seconds(1))
    }

    /// A message was applied that does not say when it was published.
    mutating func noteUnmeasured() { unmeasuredCount += 1 }
}
