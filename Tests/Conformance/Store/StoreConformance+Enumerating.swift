import CacheDomain
import Codecs

extension StoreConformance {
    static let enumerating: [Check<StoreServer>] = [
        Check("Every key that matches is found, whatever it holds, and no other") { server in
            let store = try await server.client("a").store
            let inside = (0..<manyKeys).map { server.key("list:\($0)") }
            try await fill(store, inside, tags: [server.tag("t")])
            try await fill(store, [server.key("item"), server.key("list")])
            let hash = server.key("list:hash")
            _ = try await store.perform([
                .setFields(
                    key: hash,
                    [StructureField("f", "v")],
                    replaces: true,
                    timeToLive: .seconds(60)
                )
            ])
            let found = try await keys(store, server.key("list:*"))
            try require("keys", found.count, is: manyKeys + 1)
            try require(found == Set((inside + [hash]).map(ExactString.init)), "the same keys")
            try require("none", try await keys(store, server.key("nothing:*")).count, is: 0)
        },
        Check("Keys of the service itself are not among the keys") { server in
            let store = try await server.client("a").store
            try await fill(store, [server.key("one")], tags: [server.tag("t")])
            let found = try await keys(store, "*")
            try require(found.contains(ExactString(server.key("one"))), "one is found")
            let own = found.map(\.string).filter { $0.hasPrefix("cw:tag:") || $0.hasPrefix("{") }
            try require("own", own, is: [])
        },
        Check("A place that no page has named is refused") { server in
            let store = try await server.client("a").store
            do {
                _ = try await store.keys(matching: "*", from: KeyPage.Cursor("nowhere"))
                throw BrokenPromise(description: "an enumeration went on from nowhere")
            } catch let error as StoreError {
                try require("class", error.code, is: .invalid)
            }
        },
    ]

    private static func keys(
        _ store: any RemoteStore,
        _ pattern: String
    ) async throws -> Set<ExactString> {
        var found: Set<ExactString> = []
        var cursor: KeyPage.Cursor?
        repeat {
            let page = try await store.keys(matching: pattern, from: cursor)
            found.formUnion(page.keys.map(ExactString.init))
            cursor = page.next
        } while cursor != nil
        return found
    }
}
