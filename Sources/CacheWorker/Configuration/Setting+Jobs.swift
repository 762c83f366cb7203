extension Setting {
    /// The settings of the work itself.
    static let jobs = taking + limits + policies

    private static let taking = [
        Setting(
            "jobs.batch_size",
            "BATCH_SIZE",
            \.batchSize,
            .count(1...10_000),
            "Jobs that are read and settled together at most"
        ),
        Setting(
            "jobs.max_event_bytes",
            "MAX_EVENT_BYTES",
            \.maxEventBytes,
            .bytes(1 << 10...64 << 20),
            "Larger events are dead letters"
        ),
        Setting(
            "jobs.stall_timeout",
            "STALL_TIMEOUT",
            \.stallTimeout,
            .duration(.zero ... .seconds(3_600)),
            "How long no jobs may come while some wait; 0: for ever"
        ),
    ]

    private static let limits = [
        Setting(
            "jobs.max_in_flight",
            "MAX_JOBS_IN_FLIGHT",
            \.maxJobsInFlight,
            .count(1...1_000_000),
            "Jobs that this process has taken and not settled at most"
        ),
        Setting(
            "jobs.max_bytes_in_flight",
            "MAX_BYTES_IN_FLIGHT",
            \.maxBytesInFlight,
            .bytes(1 << 20...1 << 40),
            "Bytes of such jobs at most; a larger one is done alone"
        ),
        Setting(
            "jobs.concurrency",
            "JOB_CONCURRENCY",
            \.jobConcurrency,
            .perKind(.count(1...1_000), standard: 8),
            "Cleanups and tasks under way at once; of other kinds batches"
        ),
        Setting(
            "jobs.rate",
            "JOB_RATE",
            \.jobRate,
            .perKind(.rate, standard: nil),
            "How fast jobs may begin, such as warm=500/s, or off"
        ),
    ]

    private static let policies = [
        Setting(
            "jobs.max_attempts",
            "JOB_MAX_ATTEMPTS",
            \.jobMaxAttempts,
            .perKind(.count(1...1_000), standard: 10),
            "Attempts of a job that fails; after the last one it is dead"
        ),
        Setting(
            "jobs.retry_base",
            "JOB_RETRY_BASE",
            \.jobRetryBase,
            .perKind(.duration(.milliseconds(1) ... .seconds(3_600)), standard: .seconds(1)),
            "Longest pause after its first attempt; it doubles with each further one"
        ),
        Setting(
            "jobs.retry_cap",
            "JOB_RETRY_CAP",
            \.jobRetryCap,
            .perKind(.duration(.milliseconds(1) ... .seconds(86_400)), standard: .seconds(600)),
            "Longest pause between two attempts"
        ),
        Setting(
            "jobs.retry_deadline",
            "JOB_RETRY_DEADLINE",
            \.jobRetryDeadline,
            .perKind(
                .duration(.milliseconds(1) ... .seconds(366 * 86_400)),
                standard: .seconds(86_400)
            ),
            "How long after its first failure a job is tried again"
        ),
        Setting(
            "jobs.timeout",
            "JOB_TIMEOUT",
            \.jobTimeout,
            .perKind(.duration(.milliseconds(10) ... .seconds(86_400)), standard: .seconds(300)),
            "How long a step of a job may take"
        ),
        Setting(
            "jobs.deduplication",
            "JOB_DEDUPLICATION",
            \.jobDeduplication,
            .perKind(.duration(.zero ... .seconds(30 * 86_400)), standard: .zero),
            "How long an event that was done is not done again; 0 switches it off"
        ),
    ]
}
