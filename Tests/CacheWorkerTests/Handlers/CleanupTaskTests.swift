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
    }

    @Test(
        "names the path of a parameter that is wrong, for good",
        arguments: [
            (CleanupTask.Name.failedJobs, #"{"task":"failed-jobs","olderThan":"7d"}"#),
            (.failedJobs, #"{"task":"failed-jobs","olderThan":-1}"#),
            (.failedJobs, #"{"task":"failed-jobs","olderThan":1e99}"#),
            (.failedJobs, #"{"task":"failed-jobs","olderThan":null}"#),
            (.orphanedTags, #"{"task":"orphaned-tags","olderThan":1}"#),
        ]
    )
    func wrong(name: CleanupTask.Name, data: String) {
        let error = #expect(throws: JobError.self) { try task(name, data) }
        #expect(error?.reason == "schema" && error?.remedy == JobError.Remedy.none)
        #expect(error?.message.hasPrefix("$.data.olderThan ") == true)
    }
}
