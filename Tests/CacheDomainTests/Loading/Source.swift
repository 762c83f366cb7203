import Synchronization
import TestSupport

/// Where values come from: counts how often it is asked, and can be slow or broken.
final class Source: Sendable {
    struct Failure: Error, Equatable {}

    private let state: Mutex<State>
    private let isPaused: Bool
    /// Somebody has read, and is not told yet.
    let reached = Latch()
    /// What was read is told.
    let mayGoOn = Latch()

    private struct State {
        var text: String?
        var isBroken = false
        var count = 0
    }

    init(_ text: String?, isPaused: Bool = false) {
        state = Mutex(State(text: text))
        self.isPaused = isPaused
    }

    /// How often it was asked.
    var count: Int { state.withLock { $0.count } }

    func set(_ text: String?) { state.withLock { $0.text = text } }

    func fail(_ isBroken: Bool) { state.withLock { $0.isBroken = isBroken } }

    /// What it has at this moment; the first time it waits, if it is to be slow.
    func load() async throws -> [UInt8]? {
        let (text, isBroken, count) = state.withLock { state in
            state.count += 1
            return (state.text, state.isBroken, state.count)
        }
        if isPaused, count == 1 {
            reached.open()
            await mayGoOn.wait()
        }
        if isBroken { throw Failure() }
        return text.map { Array($0.utf8) }
    }
}
