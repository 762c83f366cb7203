import CacheDomain
import Synchronization
import TestSupport

/// A watch that does what the test says.
final class ScriptedWatch: PrefixWatch {
    private let state = Mutex(State())

    private struct State {
        var receive: (@Sendable (PrefixWatchSignal) -> Void)?
        var leadsBack = true
        var failure: StoreError?
        var followers = 0
        var canaries = 0
    }

    /// How often it was followed.
    var followers: Int { state.withLock { $0.followers } }
    /// How many canaries it was given.
    var canaries: Int { state.withLock { $0.canaries } }

    /// Whether canaries come back.
    func leadBack(_ leadsBack: Bool) { state.withLock { $0.leadsBack = leadsBack } }

    /// What becomes of canaries from now on.
    func fail(with error: StoreError?) { state.withLock { $0.failure = error } }

    /// Tells the follower something.
    func send(_ signal: PrefixWatchSignal) { state.withLock { $0.receive }?(signal) }

    func sendCanary(_ canary: String) async throws(StoreError) -> UInt64 {
        let (receive, failure) = state.withLock { state in
            state.canaries += 1
            return (state.leadsBack ? state.receive : nil, state.failure)
        }
        if let failure { throw failure }
        receive?(.canary(canary))
        return 0
    }

    func follow(_ receive: @escaping @Sendable (PrefixWatchSignal) -> Void) async {
        state.withLock { state in
            state.receive = receive
            state.followers += 1
        }
        receive(.began)
        let ending = AsyncStream<Never> { _ in }
        for await _ in ending {}
        state.withLock { $0.receive = nil }
    }
}
