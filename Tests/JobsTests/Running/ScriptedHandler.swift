import Jobs
import Synchronization

/// A handler that does what the test says, and remembers what it was asked.
final class ScriptedHandler: JobHandler {
    typealias Script = @Sendable (BatchPlan.Work) async throws(JobError) -> WorkEffect

    private let script: Script
    private let state = Mutex<[BatchPlan.Work]>([])

    init(_ script: @escaping @Sendable (BatchPlan.Work) async throws(JobError) -> Void) {
        self.script = { work throws(JobError) in
            try await script(work)
            return WorkEffect()
        }
    }

    /// A handler that does all it is asked, and tells `effect` of it.
    init(
        telling effect: @escaping @Sendable (BatchPlan.Work) -> WorkEffect = { _ in WorkEffect() }
    ) {
        script = { work throws(JobError) in effect(work) }
    }

    /// Everything it was asked to do, failed or not.
    var asked: [BatchPlan.Work] { state.withLock { $0 } }

    /// The keys of the removals among it.
    var removals: [[String]] { asked.map(\.removedKeys) }

    func perform(_ work: BatchPlan.Work) async throws(JobError) -> WorkEffect {
        state.withLock { $0.append(work) }
        return try await script(work)
    }
}

extension BatchPlan.Work {
    var removedKeys: [String] {
        if case .invalidate(let removal) = self { removal.keys } else { [] }
    }

    var writtenKeys: [String] {
        if case .warm(let writes) = self { writes.map(\.entry.key) } else { [] }
    }
}

extension JobError {
    static let passing = JobError(reason: "unavailable", "the store is away", remedy: .wait)
    static let final = JobError(reason: "refused", "the store refuses", remedy: .none)
}
