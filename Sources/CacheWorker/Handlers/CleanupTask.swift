import CacheDomain
import Codecs
import Jobs

/// A cleanup task with its parameters.
enum CleanupTask: Sendable, Equatable {
    /// Takes members whose key is gone out of the tags.
    case orphanedTags
    /// Gives back the memory of expired entries in this process.
    case expiredLocal
    /// Removes dead letters that were given up so long ago.
    case failedJobs(olderThan: Duration)

    /// The names that events give them.
    enum Name: String, CaseIterable, CustomStringConvertible, Sendable {
        case orphanedTags = "orphaned-tags"
        case expiredLocal = "expired-local"
        case failedJobs = "failed-jobs"

        var description: String { rawValue }

        /// The parameters it takes, besides the member `task`.
        fileprivate var parameters: [String] {
            switch self {
            case .orphanedTags, .expiredLocal: []
            case .failedJobs: [CleanupTask.olderThan]
            }
        }
    }

    private static let olderThan = "olderThan"
    private static let standardAge = Duration.seconds(7 * 86_400)
    /// A hundred years: beyond that an age is a mistake in units.
    private static let maxAgeSeconds = 3_153_600_000.0

    /// The task of that name with the parameters of the event.
    ///
    /// - Throws: What is wrong with a parameter, by its path; never retriable.
    init(_ name: Name, _ cleanup: Cleanup) throws(JobError) {
        var reader = JSONReader()
        let document: JSONDocument
        do throws(JSONError) {
            document = try reader.read(cleanup.parameters)
        } catch {
            throw .badParameter("$.data", "is no JSON: \(error.message)")
        }
        for (key, _) in document.members(of: document.root) {
            let member = document.string(key) ?? ""
            guard member == "task" || name.parameters.contains(member) else {
                let known =
                    name.parameters.isEmpty ? "none" : name.parameters.joined(separator: ", ")
                throw .badParameter(
                    "$.data.\(member)",
                    "is no parameter of \(name); it takes \(known)"
                )
            }
        }
        switch name {
        case .orphanedTags: self = .orphanedTags
        case .expiredLocal: self = .expiredLocal
        case .failedJobs:
            guard let age = document.member(Self.olderThan, of: document.root) else {
                self = .failedJobs(olderThan: Self.standardAge)
                return
            }
            guard let seconds = document.number(age), seconds >= 0, seconds <= Self.maxAgeSeconds
            else {
                throw .badParameter(
                    "$.data.\(Self.olderThan)",
                    "must be a number of seconds from 0 to \(Int(Self.maxAgeSeconds))"
                )
            }
            self = .failedJobs(olderThan: .milliseconds(Int64(seconds * 1_000)))
        }
    }
}

extension JobError {
    fileprivate static func badParameter(_ path: String, _ rule: String) -> JobError {
        JobError(
            reason: EventError.Reason.schema.rawValue,
            "\(path) \(rule)",
            remedy: .none
        )
    }
}
