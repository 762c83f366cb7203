import Backends
import CacheDomain
import EventLoop
import Synchronization

/// A node that only follows, and notes when it has applied each message.
///
/// `PORT` and `TIMES` (a file) are its settings. The command `report` writes the file, two words a
/// message: its number, and the time when it had been applied.
final class Listener: Sendable {
    private let follower: CoherenceFollower
    private let times: AppliedTimes

    init(on loop: EventLoop) {
        let times = AppliedTimes()
        self.times = times
        follower =
            CachingParts(node: "listener", on: loop) { TimedLog(log: $0, times: times) }
            .follower
        self.loop = loop
    }

    private let loop: EventLoop

    func run() async {
        await withTaskExecutorPreference(loop) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.follower.run() }
                await obey()
                group.cancelAll()
            }
        }
    }

    private func obey() async {
        var input = CommandInput()
        while !Task.isCancelled {
            for command in input.lines() {
                switch command.first {
                case "report":
                    times.write(to: variable("TIMES") ?? "")
                    answer("done")
                case "state": answer(follower.isFollowing ? "following" : "behind")
                default: answer("unknown")
                }
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// Tells when a message had been applied: when whoever receives it has returned.
private struct TimedLog: CoherenceLog {
    let log: any CoherenceLog
    let times: AppliedTimes

    func position() async throws(StoreError) -> LogPosition { try await log.position() }

    func journal(
        from sequence: UInt64,
        limit: Int
    ) async throws(StoreError) -> [ArraySlice<UInt8>] {
        try await log.journal(from: sequence, limit: limit)
    }

    func sendHeartbeat(canary: String) async throws(StoreError) {
        try await log.sendHeartbeat(canary: canary)
    }

    func follow(_ receive: @escaping @Sendable (CoherenceSignal) -> Void) async {
        await log.follow { [times] signal in
            receive(signal)
            if case .message(let bytes) = signal { times.note(bytes) }
        }
    }
}

/// When each message had been applied.
final class AppliedTimes: Sendable {
    private let words = Mutex<[UInt64]>([])

    func note(_ message: ArraySlice<UInt8>) {
        let now = monotonicNow()
        // `{"s":1042,…`
        let digits = message.dropFirst(5).prefix { (0x30...0x39).contains($0) }
        let sequence = digits.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
        words.withLock { $0 += [sequence, now] }
    }

    func note(_ sequence: UInt64, at time: UInt64) {
        words.withLock { $0 += [sequence, time] }
    }

    func write(to path: String) {
        let words = words.withLock { $0 }
        do throws(SystemError) {
            try Descriptor(file: path).write(words, at: 0)
        } catch {
            answer("\(error)")
        }
    }
}
