import CacheDomain
import EventLoop
import Synchronization

/// Writes through the cache as fast as so many callers can, one value a call.
///
/// `PORT`, `CALLERS` and `SECONDS` are its settings; it tells how many writes a second that were.
final class WriteRate: Sendable {
    private let parts: CachingParts
    private let loop: EventLoop
    private let count = Atomic<Int>(0)

    init(on loop: EventLoop) {
        self.loop = loop
        parts = CachingParts(node: "writer", on: loop)
    }

    func run() async throws {
        try await write(0)
        let begin = ContinuousClock.now
        let end = begin + .milliseconds(number("SECONDS") * 1000)
        try await withTaskExecutorPreference(loop) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<number("CALLERS") {
                    group.addTask {
                        while ContinuousClock.now < end { try await self.write(caller) }
                    }
                }
                try await group.waitForAll()
            }
        }
        let seconds = begin.duration(to: .now) / .seconds(1)
        answer("\(Double(count.load(ordering: .relaxed)) / seconds)")
    }

    private func write(_ caller: Int) async throws {
        try await parts.cache.write([
            CacheWrite(
                key: "app:user:\(caller)",
                value: Array("a value of some length".utf8),
                timeToLive: .seconds(600)
            )
        ])
        count.wrappingAdd(1, ordering: .relaxed)
    }
}

extension CachingParts {
    /// Everything on the server at `PORT`, with the usual timing.
    init(
        node: String,
        on loop: EventLoop,
        hearing: (any CoherenceLog) -> any CoherenceLog = { $0 }
    ) {
        let port = UInt16(number("PORT"))
        self.init(
            ports: Ports(data: port, log: port, ear: port),
            node: node,
            timing: CoherenceFollower.Timing(),
            on: loop,
            hearing: hearing
        )
    }
}
