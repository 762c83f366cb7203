import CacheDomain
import EventLoop
import Synchronization

/// A process that caches: the parts of the program, put together as the program does, and callers
/// that read and change without pause.
///
/// `SLOT`, `INCARNATION`, `KEYS`, `PIPES` (a folder), `READ_RATE` and `WRITE_RATE` (a second),
/// `DATA_PORT`, `LOG_PORT` (the same, or another server), `EAR_PORT` (where it listens),
/// `LEASE`, `HEARTBEAT` and `CANARY` (milliseconds) are its settings. A `LEASE` of 0 is none: what
/// is not heard is not missed. Commands: `quiet` ends the changes, `final` reads everything once.
final class Node: Sendable {
    enum Phase {
        case busy
        case quiet
        case final
    }

    /// Reading callers of one key: they overlap.
    private static let readersPerKey = 2
    private static let writers = 4

    let settings: NodeSettings
    let cache: CacheLayer
    let pipe: RecordPipe
    let intents: Descriptor
    private let follower: CoherenceFollower
    private let phase = Mutex(Phase.busy)
    private let failures = Atomic<Int>(0)
    private let counter = Atomic<Int>(0)

    init(on loop: EventLoop) throws {
        settings = NodeSettings()
        let file = "\(settings.folder)/\(settings.slot)"
        pipe = RecordPipe(try Descriptor(pipe: file + ".pipe", isForReading: false))
        intents = try Descriptor(file: file + ".intents")
        let parts = CachingParts(
            ports: settings.ports,
            node: "node-\(settings.slot)-\(settings.incarnation)",
            timing: settings.timing,
            on: loop
        ) { [pipe, settings] in
            RecordingStore(store: $0, pipe: pipe, settings: settings)
        }
        follower = parts.follower
        cache = parts.cache
    }

    /// The name of a key.
    static func name(of key: Int) -> String { "copies:\(key)" }

    /// What a stored text says.
    static func value(of text: String) -> UInt64? { UInt64(text) }

    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.follower.run() }
            group.addTask { await self.obey() }
            for key in 0..<settings.keyCount {
                for _ in 0..<Self.readersPerKey { group.addTask { await self.read(key) } }
            }
            for writer in 0..<Self.writers { group.addTask { await self.change(as: writer) } }
        }
    }

    /// A number that no other value of any node has.
    func nextValue() -> UInt64 {
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return UInt64(settings.slot + 1) << 56 | UInt64(settings.incarnation) << 40 | UInt64(count)
    }

    func record(_ kind: Record.Kind, key: Int = 0, value: UInt64 = 0) -> Record {
        Record(
            kind,
            slot: settings.slot,
            incarnation: settings.incarnation,
            key: key,
            value: value
        )
    }

    func fail() { failures.wrappingAdd(1, ordering: .relaxed) }

    var isBusy: Bool { phase.withLock { $0 == .busy } }

    /// Takes commands and tells what has been gathered.
    private func obey() async {
        var input = CommandInput()
        while !Task.isCancelled {
            for command in input.lines() {
                switch command.first {
                case "quiet": phase.withLock { $0 = .quiet }
                case "final": await readAll()
                default: break
                }
                answer("done")
            }
            var record = record(.statistics)
            let statistics = follower.statistics
            record.start = statistics.distrusts.filter { $0.key != .firstSubscription }.values
                .reduce(0) { $0 + UInt64($1) }
            record.end = UInt64(statistics.subscriptions)
            record.value = UInt64(failures.load(ordering: .relaxed))
            pipe.append(record)
            pipe.flush()
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    // MARK: Reading

    private static let burst = 10

    /// Reads a key again and again: where the store does not answer, it holds up nobody else.
    private func read(_ key: Int) async {
        let readers = Double(settings.keyCount * Self.readersPerKey)
        let pause = readers * Double(Self.burst) / Double(settings.readRate)
        while !Task.isCancelled {
            for _ in 0..<Self.burst { await readOnce(key, as: .read) }
            try? await Task.sleep(for: .seconds(pause * Double.random(in: 0.5...1.5)))
        }
    }

    private func readAll() async {
        for key in 0..<settings.keyCount { await readOnce(key, as: .final) }
        pipe.flush()
    }

    private func readOnce(_ key: Int, as kind: Record.Kind) async {
        var record = record(kind, key: key)
        record.start = monotonicNow()
        do throws(StoreError) {
            if let hit = try await cache.value(forKey: Self.name(of: key)) {
                record.value = Self.value(of: String(decoding: hit.bytes, as: UTF8.self)) ?? 0
                record.origin = hit.origin == .local ? .local : .remote
            }
            record.end = monotonicNow()
            pipe.append(record)
        } catch {
            fail()
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}
