import Jobs
import Synchronization

/// A handler that does what the test says, and remembers what it was asked.
final class ScriptedHandler: JobHandler {
    typealias Script = @Sendable (BatchPlan.Work) async throws(JobError) -> Void

    private let script: Script
    private let state = Mutex<[BatchPlan.Work]>([])

    init(_ script: @escaping Script = { _ throws(JobError) in }) { self.script = script }

    /// Everything it was asked to do, failed or not.
    var asked: [BatchPlan.Work] { state.withLock { $0 } }

    /// The keys of the removals among it.
    var removals: [[String]] { asked.map(\.removedKeys) }

    func perform(_ work: BatchPlan.Work) async throws(JobError) {
        state.withLock { $0.append(work) }
        try await script(work)
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
