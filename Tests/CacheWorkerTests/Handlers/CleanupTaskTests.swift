import Jobs
import Testing

@testable import CacheWorker

@Suite("A cleanup task")
struct CleanupTaskTests {
    private func task(_ name: CleanupTask.Name, _ data: String) throws(JobError) -> CleanupTask {
        try CleanupTask(name, Cleanup(task: name.rawValue, parameters: Array(data.utf8)))
    }

    @Test("takes its parameters, or has defaults")
    func parameters() throws {
        let week = CleanupTask.failedJobs(olderThan: .seconds(7 * 86_400))
        #expect(try task(.failedJobs, #"{"task":"failed-jobs"}"#) == week)
        let data = #"{"olderThan":1.5,"task":"failed-jobs"}"#
        #expect(try task(.failedJobs, data) == .failedJobs(olderThan: .milliseconds(1_500)))
        #expect(try task(.orphanedTags, #"{"task":"orphaned-tags"}"#) == .orphanedTags)
        #expect(try task(.expiredLocal, #"{"task":"expired-local"}"#) == .expiredLocal)
        let day = Duration.seconds(86_400)
        #expect(
            try task(.emptyWindows, #"{"task":"empty-windows"}"#)
                == .emptyWindows(matching: "*:rate_limit:*", olderThan: day)
        )
        #expect(
            try task(.emptyWindows, #"{"task":"empty-windows","pattern":"w:*","olderThan":1}"#)
                == .emptyWindows(matching: "w:*", olderThan: .seconds(1))
        )
        let idle = #"{"task":"idle-consumers","olderThan":600}"#
        #expect(try task(.idleConsumers, idle) == .idleConsumers(olderThan: .seconds(600)))
        let month = CleanupTask.scheduleHistory(olderThan: .seconds(30 * 86_400))
        #expect(try task(.scheduleHistory, #"{"task":"schedule-history"}"#) == month)
        let runs = #"{"task":"schedule-history","olderThan":60}"#
        #expect(try task(.scheduleHistory, runs) == .scheduleHistory(olderThan: .seconds(60)))
        #expect(try task(.expiredSessions, #"{"task":"expired-sessions"}"#) == .expiredSessions)
        let journal = CleanupTask.journal(maxLength: 10_000, olderThan: .seconds(3_600))
        #expect(try task(.journal, #"{"task":"journal"}"#) == journal)
        let short = #"{"task":"journal","maxLength":1e3,"olderThan":60}"#
        let shortest = CleanupTask.journal(maxLength: 1_000, olderThan: .seconds(60))
        #expect(try task(.journal, short) == shortest)
    }

    @Test(
        "names the path of a parameter that is wrong, for good",
        arguments: [
            (CleanupTask.Name.failedJobs, #"{"task":"failed-jobs","olderThan":"7d"}"#),
            (.failedJobs, #"{"task":"failed-jobs","olderThan":-1}"#),
            (.failedJobs, #"{"task":"failed-jobs","olderThan":1e99}"#),
            (.failedJobs, #"{"task":"failed-jobs","olderThan":null}"#),
            (.orphanedTags, #"{"task":"orphaned-tags","olderThan":1}"#),
            (.expiredLocal, #"{"task":"expired-local","olderThan":1}"#),
            (.expiredSessions, #"{"task":"expired-sessions","olderThan":1}"#),
            (.scheduleHistory, #"{"task":"schedule-history","olderThan":[]}"#),
            (.idleConsumers, #"{"task":"idle-consumers","olderThan":-0.001}"#),
            (.journal, #"{"task":"journal","olderThan":59.9}"#),
        ]
    )
    func wrong(name: CleanupTask.Name, data: String) {
        let error = #expect(throws: JobError.self) { try task(name, data) }
        #expect(error?.reason == "schema" && error?.remedy == JobError.Remedy.none)
        #expect(error?.message.hasPrefix("$.data.olderThan ") == true)
    }

    @Test("wants a pattern that can match", arguments: ["\"\"", "5", "null", "[]"])
    func pattern(pattern: String) {
        let data = #"{"task":"empty-windows","pattern":\#(pattern)}"#
        let error = #expect(throws: JobError.self) { try task(.emptyWindows, data) }
        #expect(error?.message.hasPrefix("$.data.pattern must be a text") == true)
    }

    @Test(
        "keeps a journal that readers can catch up from",
        arguments: ["999", "10000001", "1000.5", "\"2000\"", "null", "1e300"]
    )
    func journalLength(length: String) {
        let data = #"{"task":"journal","maxLength":\#(length)}"#
        let error = #expect(throws: JobError.self) { try task(.journal, data) }
        #expect(error?.message.hasPrefix("$.data.maxLength must be a whole number") == true)
    }
}
