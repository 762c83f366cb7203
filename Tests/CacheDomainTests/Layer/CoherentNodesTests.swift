import CacheDomain
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct CoherentNodesTests {
    private let server = InMemoryServer()
    private let one: CacheNode
    private let two: CacheNode

    init() {
        one = CacheNode("one", server)
        two = CacheNode("two", server)
    }

    @Test func `what one node changes, the other no longer serves`() async throws {
        try await CacheNode.following(one, two) {
            try await one.write("k", "first")
            #expect(try await two.read("k") == "first remote")
            #expect(try await two.read("k") == "first local")
            try await one.write("k", "second")
            #expect(try await two.read("k") == "second remote")
            #expect(try await one.read("k") == "second local")
            _ = try await two.layer.remove(["k"])
            #expect(try await one.read("k") == nil)
            #expect(try await two.read("k") == nil)
        }
    }

    @Test(arguments: [
        PurgeScope.tag("t"), PurgeScope.pattern("app:*"), PurgeScope.namespace("app"),
    ])
    func `what one node purges, the other no longer serves`(scope: PurgeScope) async throws {
        try await CacheNode.following(one, two) {
            try await one.write("app:1", "v", tags: ["t"])
            try await two.write("app:2", "v", tags: ["t"])
            for node in [one, two] {
                for key in ["app:1", "app:2"] { #expect(try await node.read(key) != nil) }
            }
            #expect(try await one.layer.purge([scope]) == 2)
            for node in [one, two] {
                for key in ["app:1", "app:2"] { #expect(try await node.read(key) == nil) }
            }
        }
    }

    @Test func `a node that does not follow serves nothing of its own`() async throws {
        try await CacheNode.following(one) {
            try await one.write("k", "v")
            for _ in 0..<2 { #expect(try await two.read("k") == "v remote") }
        }
        // Now the other one does not follow any more either.
        for _ in 0..<2 { #expect(try await one.read("k") == "v remote") }
    }

    @Test func `a value that was removed while it was read is not kept`() async throws {
        let paused = PausedStore(InMemoryStore(server, node: "slow"), .afterReading)
        let slow = CacheNode("slow", server, pause: paused)
        try await CacheNode.following(one, slow) {
            try await one.write("k", "old")
            async let reading = slow.read("k")
            await paused.reached.wait()
            _ = try await one.layer.remove(["k"])
            paused.mayGoOn.open()
            // It was true when the read began.
            #expect(try await reading == "old remote")
            #expect(try await slow.read("k") == nil)
        }
    }

    @Test(arguments: [PurgeScope.tag("t"), PurgeScope.pattern("*"), PurgeScope.namespace("app")])
    func `a value that was read while it was purged is dropped by the end of it`(
        scope: PurgeScope
    ) async throws {
        let paused = PausedStore(InMemoryStore(server, node: "slow"), .beforePurging)
        let slow = CacheNode("slow", server, pause: paused)
        try await CacheNode.following(one, slow) {
            try await one.write("app:1", "old", tags: ["t"])
            async let purging = slow.layer.purge([scope])
            await paused.reached.wait()
            for node in [one, slow] {
                #expect(try await node.read("app:1") == "old remote")
                #expect(try await node.read("app:1") == "old local")
            }
            paused.mayGoOn.open()
            #expect(try await purging == 1)
            for node in [one, slow] { #expect(try await node.read("app:1") == nil) }
        }
    }

    @Test func `many writers and readers agree in the end`() async throws {
        let keys = (0..<5).map { "k\($0)" }
        try await CacheNode.following(one, two) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, node) in [one, two, one, two].enumerated() {
                    group.addTask {
                        for round in 0..<200 {
                            let key = keys[(round * (number + 1)) % keys.count]
                            switch round % 4 {
                            case 0: try await node.write(key, "\(number) \(round)")
                            case 1: _ = try await node.layer.remove([key])
                            default: _ = try await node.read(key)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let stored = try await one.store.values(forKeys: keys).values
            for (key, value) in zip(keys, stored) {
                for node in [one, two] {
                    #expect(try await node.layer.value(forKey: key)?.bytes == value?.bytes)
                }
            }
        }
    }
}
