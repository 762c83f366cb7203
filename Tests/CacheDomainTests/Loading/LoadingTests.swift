import CacheDomain
import TestSupport
import Testing

/// Values that are loaded from their source, by one process.
@Suite(.timeLimit(.minutes(1))) struct LoadingTests {
    private let node = LoadingNode()
    private let source = Source("v")

    @Test func `what the store lacks is loaded once, written, and kept here`() async throws {
        var policy = LoadingNode.hour
        policy.tags = ["t"]
        #expect(try await node.read(source, policy) == "v source")
        #expect(try await node.read(source, policy) == "v local")
        #expect(try await node.stored() == "v")
        #expect(node.server.members(ofTag: "t") == ["k"])
        let remaining = try await node.other.values(forKeys: ["k"]).values[0]?.remaining
        #expect(remaining == .seconds(3600))
        #expect(try await node.layer.value(forKey: "k")?.bytes == Array("v".utf8))
        let second = LoadingNode(node.clock, node.server, "b")
        #expect(try await second.read(source, policy) == "v remote")
        #expect(try await second.read(source, policy) == "v local")
        #expect(source.count == 1)
    }

    @Test func `all who ask at the same time share one load`() async throws {
        let slow = Source("v", isPaused: true)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await node.read(slow) } }
            await slow.reached.wait()
            try await eventually("all have asked") { node.layer.loadStatistics.shared == 19 }
            slow.mayGoOn.open()
            for try await text in group { #expect(text == "v source") }
        }
        #expect(slow.count == 1)
        #expect(node.layer.loadStatistics[.filled] == 1)
    }

    @Test func `that the source has no value is remembered for its time, everywhere`() async throws
    {
        let empty = Source(nil)
        var policy = LoadingNode.hour
        policy.absenceTime = .seconds(10)
        let second = LoadingNode(node.clock, node.server, "b")
        #expect(try await node.read(empty, policy) == "nothing source")
        #expect(try await node.read(empty, policy) == "nothing local")
        #expect(try await second.read(empty, policy) == "nothing remote")
        #expect(try await second.layer.value(forKey: "k") == nil)
        #expect(try await LoadingNode(node.clock, node.server).layer.value(forKey: "k") == nil)
        // Who knows nothing of it finds JSON that says so.
        #expect(try await node.stored()?.hasPrefix("null") == true)
        #expect(empty.count == 1)
        empty.set("v")
        node.clock.advance(by: .seconds(10))
        #expect(try await node.read(empty, policy) == "v source")
    }

    @Test func `what changes a key takes back that it has no value`() async throws {
        let empty = Source(nil)
        var policy = LoadingNode.hour
        policy.absenceTime = .seconds(10)
        _ = try await node.read(empty, policy)
        empty.set("new")
        #expect(try await node.layer.remove(["k"]) == 1)
        #expect(try await node.read(empty, policy) == "new source")
    }

    @Test func `unless it is to be remembered, the source is asked each time`() async throws {
        let empty = Source(nil)
        for _ in 0..<2 { #expect(try await node.read(empty) == "nothing source") }
        #expect(try await node.stored() == nil)
        #expect(empty.count == 2)
        try await node.untilReleased()
    }

    @Test func `an error of the source goes to all who wait, and the next one asks anew`()
        async throws
    {
        let broken = Source("v", isPaused: true)
        broken.fail(true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    await #expect(throws: Source.Failure.self) { try await node.read(broken) }
                }
            }
            await broken.reached.wait()
            try await eventually("all have asked") { node.layer.loadStatistics.shared == 4 }
            broken.mayGoOn.open()
            try await group.waitForAll()
        }
        #expect(broken.count == 1)
        #expect(node.layer.loadStatistics[.failed] == 1)
        try await node.untilReleased()
        broken.fail(false)
        #expect(try await node.read(broken) == "v source")
    }

    @Test func `a source that does not answer in time is given up, whatever it does`()
        async throws
    {
        let deaf = Source("v", isPaused: true)
        let reading = Task { try await node.read(deaf) }
        await deaf.reached.wait()
        // The time-out, and the renewal of the lease.
        await node.clock.untilAsleep(2)
        node.clock.advance(by: .seconds(30))
        await #expect(throws: LoadError.timedOut(key: "k", after: .seconds(30))) {
            try await reading.value
        }
        #expect(node.layer.loadStatistics[.timedOut] == 1)
        try await node.untilReleased()
        #expect(try await node.read(deaf) == "v source")
        deaf.mayGoOn.open()
    }

    @Test func `when all who wait are cancelled the load is, too, and its lease is given back`()
        async throws
    {
        let begun = Latch()
        let reading = Task {
            try await node.layer.value(forKey: "k", policy: LoadingNode.hour) {
                begun.open()
                try await node.clock.sleep(for: .seconds(10))
                return []
            }
        }
        await begun.wait()
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        try await node.untilReleased()
        #expect(node.layer.loadStatistics[.failed] == 0)
    }

    @Test func `a lease is renewed as long as the load takes`() async throws {
        let slow = Source("v", isPaused: true)
        async let reading = node.read(slow)
        await slow.reached.wait()
        let rival = LoadLease(key: "k", timeToLive: .seconds(5))
        for _ in 0..<10 {
            await node.clock.untilAsleep(2)
            node.clock.advance(by: .seconds(2))
            // The lease is five seconds long.
            await node.clock.untilAsleep(2)
            let claim = try await node.other.claim(rival, unlessLivesLonger: .zero)
            #expect(claim == .held(.seconds(5)))
        }
        slow.mayGoOn.open()
        #expect(try await reading == "v source")
        #expect(try await node.stored() == "v")
    }

    // MARK: Changes during a load

    enum Disturbance: CaseIterable {
        case removal, write, tag, pattern, namespace, everything

        func make(_ node: LoadingNode) async throws {
            let write = CacheWrite(key: "app:k", value: [0x6E], timeToLive: .seconds(9))
            switch self {
            case .removal: _ = try await node.other.apply(Change(removals: ["app:k"]))
            case .write: _ = try await node.other.apply(Change(writes: [write]))
            case .tag: _ = try await node.layer.purge([.tag("t")])
            case .pattern: _ = try await node.layer.purge([.pattern("a*:k")])
            case .namespace: _ = try await node.layer.purge([.namespace("app")])
            case .everything: node.server.emptyForeign()
            }
        }
    }

    @Test(arguments: Disturbance.allCases)
    func `what was changed while it was loaded is installed nowhere, and loaded anew`(
        disturbance: Disturbance
    ) async throws {
        var policy = LoadingNode.hour
        policy.tags = ["t"]
        let slow = Source("old", isPaused: true)
        async let reading = node.read(slow, policy, key: "app:k")
        await slow.reached.wait()
        slow.set("new")
        try await disturbance.make(node)
        // Who comes now has a right to what is true now.
        async let late = node.read(slow, policy, key: "app:k")
        try await eventually("it has joined") { node.layer.loadStatistics.shared == 1 }
        slow.mayGoOn.open()
        #expect(try await reading == "old source", "it was true when it was asked for")
        let isWritten = disturbance == .write
        #expect(try await late == (isWritten ? "n remote" : "new source"))
        #expect(try await node.stored("app:k") == (isWritten ? "n" : "new"))
        #expect(node.layer.loadStatistics[.refused] == 1)
        #expect(slow.count == (isWritten ? 1 : 2))
    }

    @Test func `what was loaded is not kept here when something was heard of it meanwhile`()
        async throws
    {
        let slow = Source("v", isPaused: true)
        async let reading = node.read(slow)
        await slow.reached.wait()
        // Of a change that the store has lost, and with it the end of the lease.
        let position = LogPosition(epoch: "in-memory", sequence: 0)
        node.tier.apply(Announcement(keys: ["k"]), at: position)
        slow.mayGoOn.open()
        #expect(try await reading == "v source")
        #expect(node.tier.count == 0)
        #expect(try await node.read(slow) == "v remote")
    }

    @Test func `a key that is changed again and again is still read`() async throws {
        for round in 0..<20 {
            let source = Source("\(round)", isPaused: true)
            async let reading = node.read(source)
            await source.reached.wait()
            _ = try await node.layer.remove(["k"])
            source.mayGoOn.open()
            #expect(try await reading == "\(round) source")
            #expect(try await node.stored() == nil)
        }
    }
}
