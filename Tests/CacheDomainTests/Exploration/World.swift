@testable import CacheDomain

/// A state of everything: servers, nodes, and what is under way between them.
///
/// A value: an exploration copies it and lets each copy go another way. Time is counted in ticks,
/// a heartbeat each.
struct World: Sendable {
    /// Of two stripes, whatever the process' hash seed is.
    static let keys = distinctKeys(2)
    static let stripeCount = 2
    static let timing = CoherenceFollower.Timing(
        heartbeat: .seconds(Scene.heartbeat),
        lease: .seconds(Scene.lease),
        canary: .seconds(Scene.canary)
    )
    static let start = ContinuousClock.now
    static let forever = start + .seconds(1_000_000)

    let scene: Scene
    let missing: Omission?
    var now = 0
    /// The one that was replaced, if any, and the one in charge.
    var servers: [ServerModel]
    var writes: [Write] = []
    /// The first write that an exploration makes.
    private(set) var firstWrite = 0
    var nodes: [NodeModel] = []
    var used = Scene.Budget()
    var failedOverAt: Int?
    /// How many lives of the log there have been.
    var epochCount = 0
    /// Which promise was broken, and how.
    var breach: Breach?
    /// The only promise that is looked at; nil for all.
    let sought: Promise?

    struct Breach: Hashable, Sendable {
        let promise: Promise
        let text: String
    }

    /// The beginning of a scene, without one of the mechanisms or with all.
    init(_ scene: Scene, without missing: Omission? = nil, seeking sought: Promise? = nil) {
        self.sought = sought
        self.scene = scene
        self.missing = missing
        servers = [ServerModel(position: .start, values: [])]
        for key in Self.keys.indices {
            writes.append(Write(key: key, isRemoval: false, position: .start, bytes: []))
            servers[0].values.append(key)
        }
        if !scene.beginsEmpty { for key in Self.keys.indices { write(key, isRemoval: false) } }
        firstWrite = writes.count
        for number in 0..<scene.nodes {
            let token = ProcessToken(startedAt: UInt64(number), random: 0)
            nodes.append(
                NodeModel(
                    token: token,
                    reader: CoherenceReader(timing: Self.timing, token: token, at: Self.start),
                    tier: LocalTierState(
                        storage: TinyStorage(),
                        stripeCount: Self.stripeCount
                    )
                )
            )
        }
        if scene.beginsWarm { for node in nodes.indices { warm(node) } }
        if scene.beginsWarm { for node in nodes.indices { settle(node) } }
        used = Scene.Budget()
    }

    var current: Int { servers.count - 1 }

    static func instant(_ tick: Int) -> ContinuousClock.Instant { start + .seconds(tick) }
    static func tick(_ instant: ContinuousClock.Instant) -> Int {
        Int(start.duration(to: instant).components.seconds)
    }

    /// Subscribes, catches up, hears itself and asks for each key.
    private mutating func warm(_ node: Int) {
        settle(node)
        for key in Self.keys.indices {
            take(.ask(node, key: key))
            settle(node)
        }
        nodes[node].seen = 0
    }

    /// What decides about the future, and nothing else; of two worlds alike one is explored.
    var digest: Int {
        var hasher = Hasher()
        hasher.combine(servers)
        hasher.combine(writes.count)
        for write in writes[firstWrite...] {
            hasher.combine(write.key)
            hasher.combine(write.isRemoval)
            hasher.combine(write.isLost)
        }
        for write in writes { hasher.combine(write.endedAt.map { min(now - $0, Scene.longest) }) }
        hasher.combine(used)
        hasher.combine(failedOverAt.map { min(now - $0, scene.linger) })
        hasher.combine(breach)
        // Which of two nodes is which makes no difference.
        let parts = nodes.map { node in
            var part = Hasher()
            node.digest(into: &part, at: now)
            return part.finalize()
        }
        hasher.combine(parts.sorted())
        return hasher.finalize()
    }

    private static func distinctKeys(_ count: Int) -> [String] {
        let state = LocalTierState(storage: TinyStorage(), stripeCount: 2)
        var keys: [String] = []
        var number = 0
        while keys.count < count {
            let key = "key\(number)"
            if !keys.contains(where: { state.stripe(of: $0) == state.stripe(of: key) }) {
                keys.append(key)
            }
            number += 1
        }
        return keys
    }
}

// MARK: The servers

extension World {
    /// Changes the key where changes are made, tells all, and returns the number of the write.
    @discardableResult
    mutating func write(_ key: Int, isRemoval: Bool) -> Int {
        let number = writes.count
        var position = servers[current].position
        if position.sequence == 0 {
            epochCount += 1
            position.epoch = "e\(epochCount)"
        }
        position.sequence += 1
        let message = CoherenceMessage(
            position: position,
            node: "",
            announcement: Announcement(
                keys: [Self.keys[key]] + (missing == .identity ? [] : ["#\(number)"])
            )
        )
        writes[servers[current].values[key]].endedAt = now
        writes.append(
            Write(
                key: key,
                isRemoval: isRemoval,
                position: position,
                bytes: message.encoded[...]
            )
        )
        servers[current].position = position
        servers[current].values[key] = number
        servers[current].journal.append(number)
        publish(.change(number), at: current)
        return number
    }

    mutating func publish(_ wire: Wire, at server: Int) {
        for node in nodes.indices where nodes[node].link == server && !nodes[node].isDeaf {
            nodes[node].queue.append(wire)
        }
    }

    /// A server takes over that never had the last `count` changes; the other one writes no more.
    mutating func failOver(losing count: Int) {
        var server = servers[current]
        let lost = server.journal.suffix(count)
        for number in lost {
            writes[number].isLost = true
            writes[number].endedAt = writes[number].endedAt ?? now
        }
        for number in lost {
            let key = writes[number].key
            guard let before = writes.lastIndex(where: { $0.key == key && !$0.isLost }) else {
                continue
            }
            server.values[key] = before
            writes[before].endedAt = nil
        }
        server.position.sequence -= UInt64(count)
        server.journal.removeLast(count)
        if server.position.sequence == 0 { server.position = .start }
        failedOverAt = now
        servers.append(server)
    }

    /// Everything is deleted, and the connections live on.
    mutating func empty() {
        servers[current].position = .start
        servers[current].journal = []
        for key in Self.keys.indices {
            writes[servers[current].values[key]].endedAt = now
            servers[current].values[key] = writes.count
            writes.append(Write(key: key, isRemoval: true, position: .start, bytes: []))
        }
    }

    func bytes(of wire: Wire) -> ArraySlice<UInt8> {
        switch wire {
        case .change(let number): writes[number].bytes
        case .heartbeat(let position, let canary):
            CoherenceMessage(
                position: position,
                node: "",
                announcement: Announcement(),
                canary: canary
            )
            .encoded[...]
        }
    }
}
