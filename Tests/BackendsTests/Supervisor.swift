import Glibc
import Synchronization
import TestSupport

/// Starts two workers again as often as they end.
final class Supervisor: Sendable {
    /// Bytes of address space that a worker may have: some times what it needs.
    private static let maxAddressSpace = 8 << 30

    private let settings: [String: String]
    private let state = Mutex<[ChildProcess.Exit]>([])

    init(_ settings: [String: String]) { self.settings = settings }

    /// How workers ended, but for those that were running at the end.
    var exits: [ChildProcess.Exit] { state.withLock { $0 } }

    /// Keeps the workers while `body` runs.
    func run(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // One is called the same each time, the other is a new one each time.
            group.addTask { try await self.keep { _ in "same" } }
            group.addTask { try await self.keep { "new\($0)" } }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func keep(_ name: (Int) -> String) async throws {
        var starts = 0
        while !Task.isCancelled {
            starts += 1
            var settings = settings
            settings["NODE_ID"] = name(starts)
            settings["SWIFT_BACKTRACE"] = "enable=no"
            let child = try ChildProcess(
                "prlimit",
                ["--as=\(Self.maxAddressSpace)", try Executable.built("CrashingWorker")],
                environment: settings
            )
            let exit = await withTaskCancellationHandler {
                await child.waitForExit()
            } onCancel: {
                child.signal(SIGKILL)
            }
            if !Task.isCancelled { state.withLock { $0.append(exit) } }
        }
    }
}
