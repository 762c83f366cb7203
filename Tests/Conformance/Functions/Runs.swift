import Synchronization
import TestSupport

/// What a function was called with, in the order of the calls; the first one can be held up.
final class Runs: Sendable {
    private let calls = Mutex<[String]>([])
    private let isPaused: Bool
    /// The function has been called.
    let begun = Latch()
    /// It may end.
    let mayEnd = Latch()

    init(isPaused: Bool = false) { self.isPaused = isPaused }

    var all: [String] { calls.withLock(\.self) }

    func note(_ call: String = "") async {
        calls.withLock { $0.append(call) }
        begun.open()
        if isPaused { await mayEnd.wait() }
    }
}
