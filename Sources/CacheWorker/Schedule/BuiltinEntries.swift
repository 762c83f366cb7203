import Jobs

/// The entries that the service brings along: cleanups of what it leaves behind.
///
/// What a process keeps for itself, its local tier, it sweeps itself: the event of an entry is done
/// by one process, whichever takes it.
///
/// `H` gives each its own minute and hour, so that they do not come all at once. A run that is
/// still under way is not joined by another; when nobody was there, the last one is caught up.
enum BuiltinEntries {
    /// What the names of the cleanups begin with.
    static let prefix = "cleanup."

    /// When each task is done, in UTC.
    private static let timetable: [(task: CleanupTask.Name, cron: String)] = [
        (.orphanedTags, "H * * * *"),
        (.emptyWindows, "H H * * *"),
        (.failedJobs, "H H * * *"),
        (.idleConsumers, "H/10 * * * *"),
        (.journal, "H * * * *"),
        (.scheduleHistory, "H H * * *"),
        (.expiredSessions, "H/10 * * * *"),
    ]

    /// One for each task that has something to do, with the usual parameters.
    static func cleanups(hasSessions: Bool) -> [InstalledEntry] {
        all.filter { hasSessions || $0.task != .expiredSessions }
            .map { InstalledEntry($0.entry, isBuiltin: true) }
    }

    private static let all = timetable.map { task, cron in
        guard let entry = entry(task, cron) else {
            preconditionFailure("the entry of \(task) is none")
        }
        return (task: task, entry: entry)
    }

    private static func entry(_ task: CleanupTask.Name, _ cron: String) -> ScheduleEntry? {
        let name = prefix + task.rawValue
        let event = Event(job: .cleanup(Cleanup(task: task.rawValue)))
        guard let timing = try? ScheduleTiming.cron(cron, for: name),
            let template = try? EventTemplate(event)
        else { return nil }
        var entry = ScheduleEntry(name: name, timing: timing, event: template)
        entry.overlap = .skip
        return entry
    }
}
