import CacheDomain
import Codecs
import RedisClient

extension RedisStore {
    /// Leaves the mark that keeps older writes out of the scope, where such may come.
    ///
    /// Before anything is removed: what is written earlier is still found, what comes later is not
    /// written.
    func fence(_ scope: PurgeScope, _ stamp: OrderStamp) async throws(StoreError) {
        var call = FenceScripts.fenceScope.call(keyCount: CoherenceScripts.controlKeyCount)
        appendControlKeys(to: &call)
        switch scope {
        case .tag(let name):
            call.append("t")
            call.append(ControlKeys.tag(name))
        case .pattern(let glob):
            call.append("g")
            call.append(glob)
        case .namespace(let name):
            call.append("n")
            call.append(name)
        }
        call.append(StampArgument(stamp: stamp))
        call.append(try await lookElsewhere())
        _ = try await run(call)
    }

    /// What the log's server says about jobs under way, where that is another one; else nothing.
    private func lookElsewhere() async throws(StoreError) -> String {
        if isLogOnSameServer { return "" }
        return try await log.isUnsettled() ? "1" : "0"
    }

    func purge(
        tag: String,
        _ stamp: OrderStamp?,
        announced: ([String], LogPosition) -> Void
    ) async throws(StoreError) -> Int {
        var removed = 0
        let call = LoadScripts.purgeTag.call(keys: [log.keys.loads, tag], Self.stepLength)
        var page = try Page(try await run(call))
        while true {
            // A small set comes whole, so a page may be longer than was asked for.
            var rest = page.items.filter { !isOwn($0) }[...]
            while !rest.isEmpty {
                let members = rest.prefix(Self.stepLength)
                rest = rest.dropFirst(Self.stepLength)
                // What is not UTF-8 has no name in JSON, and no copy in any process of ours.
                let names = members.compactMap { String(validating: $0, as: UTF8.self) }
                let stamps = stamp.map { RemovalStamps.same($0) } ?? .none
                let receipt = try await apply(
                    Change(removals: names),
                    members,
                    stamps,
                    from: tag
                )
                removed += receipt.removedCount
                announced(names, receipt.position)
            }
            guard let next = page.next else { return removed }
            page = try await self.page(
                of: RedisCommand("SSCAN", tag, next, "COUNT", Self.stepLength)
            )
        }
    }

    /// Each step removes what the last page found and asks for the next page.
    func purge(pattern: String, _ stamp: OrderStamp?) async throws(StoreError) -> Int {
        var removed = 0
        var found: [ArraySlice<UInt8>] = []
        var cursor: ArraySlice<UInt8>? = ArraySlice("0".utf8)
        while cursor != nil || !found.isEmpty {
            var call = FenceScripts.purgeStep.call(
                keyCount: CoherenceScripts.controlKeyCount + found.count
            )
            appendControlKeys(to: &call)
            call.append(contentsOf: found)
            call.append(StampArgument(stamp: stamp))
            call.append(cursor ?? [])
            call.append(pattern)
            call.append(Self.stepLength)
            let reply = try await run(call)
            guard let count = reply[0]?.integer else {
                throw .unexpected(reply, to: "the script that purges")
            }
            removed += count
            let page = try Page(next: reply[1], items: reply[2])
            found = page.items.filter { !isOwn($0) }
            cursor = page.next
        }
        return removed
    }
}
