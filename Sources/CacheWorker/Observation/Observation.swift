import CacheDomain
import Jobs
import Telemetry

/// By what a running service is seen from outside.
struct Observation {
    let registry = MetricRegistry()
    let health: Health
    let jobs: JobMetrics
    let schedule: ScheduleMetrics
    let backlogs = BacklogBoard()
    let stalls = StallBoard()
    let waits = WaitBoard()
    let beats = BeatBoard()

    /// Registers every metric there is; a value that this process has none of has no line.
    init(
        follower: CoherenceFollower,
        prefixWatcher: PrefixWatcher?,
        auditor: CoherenceAuditor,
        cache: CacheLayer,
        droppedLogLines: @escaping @Sendable () -> Int
    ) {
        let health = Health(
            coherenceProblem: { follower.problem },
            watchProblem: { prefixWatcher?.problem },
            stalls: stalls,
            waits: waits,
            beats: beats
        )
        self.health = health
        jobs = JobMetrics(registry)
        registry.observe(backlogs)
        schedule = ScheduleMetrics(registry)
        registry.observe(beats)
        registry.observe(health)
        registry.observe(follower)
        registry.observe(prefixWatcher)
        registry.observe(auditor)
        registry.observe(cache.tier)
        registry.observe(cache)
        registry.observeLoads(of: cache)
        registry.observeProcess(droppedLogLines: droppedLogLines)
    }

    /// Notes what a beat told.
    func note(_ event: BeatEvent) {
        schedule.add(event)
        beats.note(event)
    }
}
