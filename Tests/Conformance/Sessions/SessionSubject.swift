public import CacheDomain
import Synchronization
public import Telemetry

/// A repository under test, empty at the beginning, and the clock that it goes by.
public struct SessionSubject: Sendable {
    /// The repository, made with `policy` and the time of `clock`.
    public let repository: any SessionRepository
    let clock: SessionClock

    /// A subject from its parts.
    public init(repository: any SessionRepository, clock: SessionClock) {
        self.repository = repository
        self.clock = clock
    }

    /// What the repository of a subject must be made with.
    public static let policy = SessionPolicy(maxMessages: 3, expiry: .seconds(3_600))
}

/// A wall clock that stands still until it is moved.
public final class SessionClock: Sendable {
    private let moment = Mutex(WallTime(milliseconds: 1_790_000_000_000))

    /// A clock that stands.
    public init() {}

    /// What it shows.
    public var now: WallTime { moment.withLock { $0 } }

    /// Moves it on.
    func move(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }
}
