import CacheDomain
import EventLoop
import Synchronization
import Telemetry

/// One of the processes of a comparison with another cache: the same load, and in the end what each
/// key reads as.
///
/// `PORT`, `KEYS`, `SECONDS`, `WRITES` (percent), `QUIET` (seconds) and `SEED` are its settings;
/// the timing is the usual one.
final class Peer: Sendable {
    private static let callers = 8
    private static let operationsPerTurn = 7
    private static let timeToLive = Duration.seconds(3600)

    private let parts: CachingParts
    private let keyCount = number("KEYS")
    private let share = number("WRITES")
    private let seed = UInt64(number("SEED"))
    private let operations = Atomic<Int>(0)

    init(on loop: EventLoop) {
        parts = CachingParts(node: "peer-\(seed)", on: loop)
    }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.parts.follower.run() }
            await withDiscardingTaskGroup { callers in
                let end = ContinuousClock.now + .seconds(number("SECONDS"))
                for caller in 0..<Self.callers {
                    callers.addTask { await self.work(until: end, as: caller) }
                }
            }
            try? await Task.sleep(for: .seconds(number("QUIET")))
            await tell()
            group.cancelAll()
        }
    }

    private func work(until end: ContinuousClock.Instant, as caller: Int) async {
        var random = SeededNumbers(seed: seed &* 1000 &+ UInt64(caller))
        var count = 0
        while ContinuousClock.now < end {
            let key = Node.name(of: Int.random(in: 0..<keyCount, using: &random))
            do throws(StoreError) {
                if Int.random(in: 0..<100, using: &random) < share {
                    let value = Array(String(UInt64.random(in: 1 ... .max, using: &random)).utf8)
                    try await parts.cache.write([
                        CacheWrite(key: key, value: value, timeToLive: Self.timeToLive)
                    ])
                } else {
                    _ = try await parts.cache.value(forKey: key)
                }
            } catch {
                complain(error)
            }
            count += 1
            if count.isMultiple(of: Self.operationsPerTurn) { await Task.yield() }
        }
        operations.wrappingAdd(count, ordering: .relaxed)
    }

    private func tell() async {
        var values: [String] = []
        for key in 0..<keyCount {
            do throws(StoreError) {
                let hit = try await parts.cache.value(forKey: Node.name(of: key))
                values.append(
                    hit.map { "\"\(String(decoding: $0.bytes, as: UTF8.self))\"" } ?? "null"
                )
            } catch {
                complain(error)
                values.append("\"no answer\"")
            }
        }
        let count = operations.load(ordering: .relaxed)
        answer("{\"operations\":\(count),\"values\":[\(values.joined(separator: ","))]}")
    }

    private func complain(_ error: StoreError) {
        parts.logger.warning("a call failed", ["error": .description(of: error)])
    }
}

/// The same numbers for the same seed: xorshift64*.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
