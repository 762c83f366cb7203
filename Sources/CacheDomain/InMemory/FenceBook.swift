import Codecs

/// What was changed last by events with a stamp, so that an older one that comes late changes
/// nothing: as much as is remembered, and a floor below which nothing is known.
struct FenceBook {
    /// How many keys and tags a generation remembers; there are two.
    static let generationLength = 100_000

    /// What a write comes to.
    enum Verdict {
        case admitted
        case superseded
        /// The key had a tag that was purged since, and nothing later has written it.
        case supersededWithItsKey
    }

    private enum Name: Hashable {
        case key(OrderStamp.Clock, ExactString)
        case tag(OrderStamp.Clock, ExactString)
    }

    private struct Fence {
        var stamp: OrderStamp
        var isWrite: Bool
    }

    private var recent: [Name: Fence] = [:]
    private var older: [Name: Fence] = [:]
    private var scopes: [ScopeFence] = []
    private var newest: [OrderStamp.Clock: OrderStamp] = [:]
    private var newestOlder: [OrderStamp.Clock: OrderStamp] = [:]
    private var floors: [OrderStamp.Clock: OrderStamp] = [:]

    // MARK: Asking

    /// False for a removal that is older than the write it would undo.
    func admitsRemoval(of key: ExactString, _ stamp: OrderStamp?) -> Bool {
        guard let stamp, let fence = fence(.key(stamp.clock, key)), fence.isWrite else {
            return true
        }
        return !stamp.isOlder(than: fence.stamp)
    }

    /// Whether the write may take place; one that may not leaves its mark.
    mutating func verdict(on write: CacheWrite) -> Verdict {
        guard let stamp = write.stamp else { return .admitted }
        if let floor = floors[stamp.clock], stamp.isOlder(than: floor) { return .superseded }
        if scopes.contains(where: { $0.supersedes(write) }) { return .superseded }
        let key = ExactString(write.key)
        let known = fence(.key(stamp.clock, key))?.stamp
        let purges = write.tags
            .compactMap { fence(.tag(stamp.clock, ExactString($0)))?.stamp }
            .filter { stamp.isOlder(than: $0) }
        if let purge = purges.max(by: { $0.isOlder(than: $1) }) {
            guard known?.isOlder(than: purge) ?? true else { return .superseded }
            removed(key, purge)
            return .supersededWithItsKey
        }
        return known.map(stamp.isOlder) ?? false ? .superseded : .admitted
    }

    /// Whether the tag was purged by an event that is later than the stamp.
    func hasPurged(_ tag: String, after stamp: OrderStamp?) -> Bool {
        guard let stamp else { return false }
        let purge = fence(.tag(stamp.clock, ExactString(tag)))?.stamp
        return purge.map { stamp.isOlder(than: $0) } ?? false
    }

    private func fence(_ name: Name) -> Fence? { recent[name] ?? older[name] }

    // MARK: Remembering

    mutating func removed(_ key: ExactString, _ stamp: OrderStamp?) {
        if let stamp { raise(.key(stamp.clock, key), stamp, isWrite: false) }
    }

    mutating func written(_ key: ExactString, _ stamp: OrderStamp?) {
        if let stamp { raise(.key(stamp.clock, key), stamp, isWrite: true) }
    }

    mutating func purged(_ scope: PurgeScope, _ stamp: OrderStamp) {
        if case .tag(let name) = scope {
            return raise(.tag(stamp.clock, ExactString(name)), stamp, isWrite: false)
        }
        if scopes.count >= ScopeFence.maxCount {
            scopes.sort { $0.stamp.position < $1.stamp.position }
            for scope in scopes.prefix(scopes.count / 2) { raiseFloor(scope.stamp) }
            scopes.removeFirst(scopes.count / 2)
        }
        scopes.append(ScopeFence(scope, stamp))
    }

    private mutating func raise(_ name: Name, _ stamp: OrderStamp, isWrite: Bool) {
        if let known = fence(name), stamp.isOlder(than: known.stamp) { return }
        if recent.count >= Self.generationLength { rotate() }
        recent[name] = Fence(stamp: stamp, isWrite: isWrite)
        if newest[stamp.clock].map({ $0.isOlder(than: stamp) }) ?? true {
            newest[stamp.clock] = stamp
        }
    }

    /// Forgets the older generation; what it knew is below the floor from now on.
    private mutating func rotate() {
        for stamp in newestOlder.values { raiseFloor(stamp) }
        (newestOlder, newest) = (newest, [:])
        (older, recent) = (recent, [:])
    }

    private mutating func raiseFloor(_ stamp: OrderStamp) {
        if floors[stamp.clock].map({ $0.isOlder(than: stamp) }) ?? true {
            floors[stamp.clock] = stamp
        }
    }
}
