import CacheDomain
import Synchronization
import TestSupport

/// A log that does what the test says.
final class ScriptedLog: CoherenceLog {
    typealias Journal = @Sendable (UInt64) throws(StoreError) -> [ArraySlice<UInt8>]

    private let state = Mutex(State())
    private let followed = Latch()

    private struct State {
        var position = LogPosition(epoch: "e", sequence: 0)
        var journal: Journal = { _ throws(StoreError) in [] }
        var journalReads = 0
        var heartbeats = 0
        var leadsBack = true
        var receive: (@Sendable (CoherenceSignal) -> Void)?
    }

    var heartbeats: Int { state.withLock { $0.heartbeats } }
    var journalReads: Int { state.withLock { $0.journalReads } }

    /// What the log answers from now on.
    func answer(_ sequence: UInt64, _ journal: @escaping Journal) {
        state.withLock { state in
            state.position.sequence = sequence
            state.journal = journal
        }
    }

    /// Whether the reader hears what it sends itself.
    func leadBack(_ leadsBack: Bool) { state.withLock { $0.leadsBack = leadsBack } }

    /// Waits for the follower and sends it a signal.
    func send(_ signal: CoherenceSignal) async {
        await followed.wait()
        state.withLock { $0.receive }?(signal)
    }

    func sendMessage(_ sequence: UInt64, _ keys: [String]) async {
        state.withLock { $0.position.sequence = max($0.position.sequence, sequence) }
        await send(.message(Self.message(sequence, keys)))
    }

    static func message(_ sequence: UInt64, _ keys: [String]) -> ArraySlice<UInt8> {
        CoherenceMessage(
            position: LogPosition(epoch: "e", sequence: sequence),
            node: "n",
            announcement: Announcement(keys: keys)
        )
        .encoded[...]
    }

    func position() async throws(StoreError) -> LogPosition { state.withLock { $0.position } }

    func journal(
        from sequence: UInt64,
        limit: Int
    ) async throws(StoreError) -> [ArraySlice<UInt8>] {
        let journal = state.withLock { state in
            state.journalReads += 1
            return state.journal
        }
        return try journal(sequence)
    }

    /// Publishes it, as long as the channel leads back to this reader.
    func sendHeartbeat(canary: String) async throws(StoreError) {
        let (receive, position) = state.withLock { state in
            state.heartbeats += 1
            return (state.leadsBack ? state.receive : nil, state.position)
        }
        let heartbeat = CoherenceMessage(
            position: position,
            node: "n",
            announcement: Announcement(),
            canary: canary
        )
        receive?(.message(heartbeat.encoded[...]))
    }

    func follow(_ receive: @escaping @Sendable (CoherenceSignal) -> Void) async {
        state.withLock { $0.receive = receive }
        followed.open()
        let ending = AsyncStream<Never> { _ in }
        for await _ in ending {}
    }
}
