import CacheDomain
import Jobs

/// What the service leaves behind on its servers, and who takes it away; nil where there is none
/// of that sort, as in the embedded mode, and its task has nothing to do.
struct Upkeep: Sendable {
    /// The dead letters that go by age.
    var deadLetters: (any DeadLetterExpiry)?
    /// The consumers of the job streams.
    var consumers: (any ConsumerUpkeep)?
    /// The journal of the coherence log.
    var journal: (any JournalUpkeep)?
    /// The schedule with its history.
    var schedule: (any BeatStore)?
    /// The sessions, where a database of them is configured.
    var sessions: (any SessionRepository)?

    /// Does a task that is about no cached data; twice does no harm.
    func perform(_ task: CleanupTask) async throws(JobError) {
        switch task {
        case .orphanedTags, .emptyWindows, .expiredLocal: return
        case .failedJobs(let age):
            do throws(DeadLetterError) {
                let moment = WallTime.now() + (.zero - age)
                _ = try await deadLetters?.removeLetters(failedBefore: moment)
            } catch {
                throw .upkeep(error.message, isRetriable: error.code == .unavailable)
            }
        case .idleConsumers(let age):
            do throws(SourceError) {
                _ = try await consumers?.removeConsumers(idleFor: age)
            } catch {
                throw .upkeep(error.message, isRetriable: error.isRetriable)
            }
        case .journal(let length, let age):
            do throws(StoreError) {
                _ = try await journal?.trimJournal(toLength: length, olderThan: age)
            } catch {
                throw .upkeep(error.message, isRetriable: error.isRetriable)
            }
        case .scheduleHistory(let age):
            do throws(ScheduleError) {
                _ = try await schedule?.trimHistory(olderThan: age)
            } catch {
                throw .upkeep(error.message, isRetriable: error.isRetriable)
            }
        case .expiredSessions: try await completeExpiredSessions()
        }
    }

    /// Other workers may have the database that this one has not: the job is for them.
    private func completeExpiredSessions() async throws(JobError) {
        guard let sessions else {
            throw JobError(
                reason: "unconfigured",
                "this worker has no database of sessions: set SESSION_DATABASE_URL",
                remedy: .retry
            )
        }
        do throws(SessionError) {
            _ = try await sessions.completeExpired()
        } catch {
            throw .upkeep(error.message, isRetriable: error.isRetriable)
        }
    }
}

extension JobError {
    fileprivate static func upkeep(_ message: String, isRetriable: Bool) -> JobError {
        JobError(reason: "unavailable", message, remedy: isRetriable ? .retry : .none)
    }
}
