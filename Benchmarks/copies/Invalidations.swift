import CacheDomain
import EventLoop

/// Invalidates at a rate, and notes when it asked for each message.
///
/// `PORT`, `RATE` (keys a second), `MESSAGE_KEYS`, `SECONDS` and `TIMES` (a file) are its settings.
/// The file has two words a message: its number, and the time when it was asked for. At a `RATE` of
/// 0 it sends `MESSAGES` of them as fast as it can, some at a time.
final class Invalidations: Sendable {
    private static let atOnce = 64

    private let store: any RemoteStore
    private let loop: EventLoop
    private let times = AppliedTimes()
    private let keyCount = number("MESSAGE_KEYS")

    init(on loop: EventLoop) {
        self.loop = loop
        store = CachingParts(node: "invalidator", on: loop).store
    }

    func run() async throws {
        try await withTaskExecutorPreference(loop) {
            let rate = number("RATE")
            if rate == 0 { try await sendAll(number("MESSAGES")) } else { try await pace(rate) }
        }
        if let file = variable("TIMES") { times.write(to: file) }
        answer("done")
    }

    private func sendAll(_ count: Int) async throws {
        for start in stride(from: 0, to: count, by: Self.atOnce) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in start..<min(count, start + Self.atOnce) {
                    group.addTask { try await self.send(number) }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Each millisecond what is due by then.
    private func pace(_ rate: Int) async throws {
        let messages = rate / keyCount * number("SECONDS")
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            var sent = 0
            while sent < messages {
                let passed = begin.duration(to: .now) / .seconds(1)
                let due = min(messages, Int(passed * Double(rate / keyCount)))
                while sent < due {
                    let number = sent
                    group.addTask { try await self.send(number) }
                    sent += 1
                }
                try await Task.sleep(for: .milliseconds(1))
            }
            try await group.waitForAll()
        }
    }

    private func send(_ number: Int) async throws {
        let keys = (0..<keyCount).map { "app:user:\((number * keyCount + $0) % 1_000_000)" }
        let begin = monotonicNow()
        let receipt = try await store.apply(Change(removals: keys))
        times.note(receipt.position.sequence, at: begin)
    }
}
