import CacheDomain
import Jobs
import Telemetry

/// Everything that an operator can decide, checked and typed.
///
/// `Setting.all` says where each value comes from and what it may be.
struct Configuration: Sendable, Equatable {
    /// What this process was told to do, no role twice; nil: all that its servers let it do.
    var chosenRoles: [Role]?
    /// How this process is called in logs, consumer groups and coherence messages.
    var nodeID: String
    /// The head of all control keys, without braces.
    var controlPrefix = "cw"
    /// How long work in flight may take after SIGTERM.
    var drainTimeout = Duration.seconds(25)

    /// The server of cached data; nil: cached data stays in this process.
    var redisURL: String?
    /// Goes before a password in `redisURL`.
    var redisPassword: Secret?
    /// The server of job streams, coherence and schedule; nil: that of cached data.
    var jobsRedisURL: String?
    /// Goes before a password in `jobsRedisURL`.
    var jobsRedisPassword: Secret?

    /// The broker; nil: no jobs come over AMQP.
    var amqpURL: String?
    /// Goes before a password in `amqpURL`.
    var amqpPassword: Secret?
    /// The topic exchange that takes events.
    var amqpExchange = "cache.jobs"
    /// The exchange and queue of events that cannot be applied.
    var amqpDeadLetterExchange = "cache.dead"
    /// The head of the names of all queues.
    var amqpQueuePrefix = "cache."
    /// Unacknowledged events that the broker sends ahead to one consumer.
    var amqpPrefetch = 512

    /// Jobs that are read and settled together at most.
    var batchSize = 256
    /// Larger events are dead letters.
    var maxEventBytes = 1 << 20
    /// How long no jobs may come while some wait; zero: for ever.
    var stallTimeout = Duration.seconds(30)
    /// Jobs that this process has taken and not settled at most.
    var maxJobsInFlight = 10_000
    /// Bytes of such jobs at most.
    var maxBytesInFlight = 64 << 20
    /// Cleanups and tasks under way at once; of the other kinds batches.
    var jobConcurrency = PerKind(8)
    /// How fast jobs may begin; nil: as fast as they can.
    var jobRate = PerKind<JobRate?>(nil)
    /// Attempts of a job that fails.
    var jobMaxAttempts = PerKind(10)
    /// The longest pause after the first attempt.
    var jobRetryBase = PerKind(Duration.seconds(1))
    /// The longest pause between two attempts.
    var jobRetryCap = PerKind(Duration.seconds(600))
    /// How long after its first failure a job is tried again.
    var jobRetryDeadline = PerKind(Duration.seconds(86_400))
    /// How long a step of a job may take.
    var jobTimeout = PerKind(Duration.seconds(300))
    /// How long an event that was done is not done again.
    var jobDeduplication = PerKind(Duration.zero)

    /// Whether the schedule has the cleanups that the service brings along.
    var schedulesCleanups = true
    /// What happens at certain times, each entry by another name; only the file can say it.
    var schedule: [ScheduleEntry] = []

    /// Entries of the in-process tier at most.
    var localMaxEntries = 10_000
    /// Bytes of the in-process tier at most.
    var localMaxBytes = 16 << 20
    /// The life of warmed entries that name none.
    var defaultTimeToLive = Duration.seconds(3_600)
    /// Keys that foreign programs change, too; none of the service itself.
    var watchedPrefixes = WatchedPrefixes.none

    /// The database of sessions; nil: there are none.
    var sessionDatabaseURL: String?
    /// Goes before a password in `sessionDatabaseURL`.
    var sessionDatabasePassword: Secret?
    /// With more messages than this a session is told to be long.
    var sessionMaxMessages = 100
    /// How long after its last change a session expires, in hours.
    var sessionExpiryHours = 24

    /// How often an idle coherence log shows that it lives.
    var coherenceHeartbeat = Duration.seconds(1)
    /// How long the in-process tier is served without a word of the log; longer than a heartbeat.
    var coherenceLease = Duration.seconds(3)

    /// Where probes and metrics are answered; nil: on a usual address, if that is free.
    var httpListen: HTTPListen?
    /// What everything but the probes wants to see.
    var httpToken: Secret?
    /// Whether other machines may read the metrics with no token.
    var httpAllowsAnonymous = false

    /// The least level of log lines.
    var logLevel = LogLevel.info
    /// The form of log lines.
    var logFormat: LogFormat
}

extension Configuration {
    /// What this process does.
    var roles: [Role] { chosenRoles ?? Role.allCases }

    /// What holds when nobody says anything, on this system.
    static func defaults(on system: HostSystem) -> Configuration {
        Configuration(
            nodeID: "\(system.hostName)-\(system.processIdentifier)-\(system.randomPart)",
            logFormat: system.errorsGoToTerminal ? .text : .json
        )
    }
}
