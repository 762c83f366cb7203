import CacheDomain
import Codecs
import RedisClient

/// When the removals of a change were asked for.
enum RemovalStamps {
    /// Nobody knows.
    case none
    /// Each has its own; where all are of the server's clock, they may be withheld at first.
    case each([OrderStamp?], mayBeWithheld: Bool)
    /// All at once.
    case same(OrderStamp)

    init(_ stamps: [OrderStamp?]) {
        var isNone = true
        var isOfServer = true
        for case let stamp? in stamps {
            isNone = false
            if stamp.clock != .server { isOfServer = false }
        }
        self = isNone ? .none : .each(stamps, mayBeWithheld: isOfServer)
    }

    /// Whether it may be found out first whether they are wanted: it is known only of those that
    /// the server of the streams has given.
    var mayBeWithheld: Bool {
        switch self {
        case .none: false
        case .each(_, let mayBeWithheld): mayBeWithheld
        case .same(let stamp): stamp.clock == .server
        }
    }
}

extension RedisStore {
    /// How often a change is asked for anew because the scopes have changed meanwhile.
    private static let maxTries = 8

    /// The one way to change data: `removals` go from the store and from the set `tag`, unless that
    /// is empty, then the writes of the change take place; its own removals are names only.
    func apply(
        _ change: Change,
        _ removals: some Collection<some RedisArgument>,
        _ stamps: RemovalStamps,
        from tag: String = ""
    ) async throws(StoreError) -> ChangeReceipt {
        var look = ""
        if !isLogOnSameServer {
            look = try await log.announceAndLook(change.announcement).isUnsettled ? "1" : "0"
        }
        var isWithheld = stamps.mayBeWithheld && !fences.wantsStamps && change.writes.isEmpty
        for _ in 0..<Self.maxTries {
            let reply = try await run(
                call(change, removals, isWithheld ? .withheld : .given(stamps), tag, look)
            )
            switch reply[0]?.integer {
            case CoherenceScripts.stampsWanted:
                fences.wantsStamps = true
                isWithheld = false
            case CoherenceScripts.scopesChanged: try fences.learnScopes(reply)
            default:
                if !removals.isEmpty, stamps.mayBeWithheld {
                    fences.wantsStamps = reply[2]?.integer == 1
                }
                return try await receipt(of: change, reply)
            }
        }
        throw StoreError(.refused, "patterns and namespaces are purged faster than is written")
    }

    private func receipt(
        of change: Change,
        _ reply: RedisReply
    ) async throws(StoreError) -> ChangeReceipt {
        guard let removed = reply[0]?.integer, let outcomes = reply[1]?.elements else {
            throw .unexpected(reply, to: "a script that changes data")
        }
        let position =
            isLogOnSameServer
            ? try log.position(in: reply, at: 3) : try await log.announce(change.announcement)
        return ChangeReceipt(
            position: position,
            removedCount: removed,
            outcomes: outcomes.map { outcome in
                switch outcome.integer {
                case 1: .written
                case 2: .superseded
                case 3: .leaseLost
                default: .present
                }
            },
            isOneStep: isLogOnSameServer
        )
    }

    // MARK: The call

    private enum SentStamps {
        case given(RemovalStamps)
        case withheld

        var word: String {
            switch self {
            case .given(.none): "none"
            case .given: "given"
            case .withheld: "withheld"
            }
        }
    }

    func appendControlKeys(to call: inout RedisScriptCall) {
        log.appendKeys(to: &call)
        log.appendFenceKeys(to: &call)
    }

    private func call(
        _ change: Change,
        _ removals: some Collection<some RedisArgument>,
        _ stamps: SentStamps,
        _ tag: String,
        _ look: String
    ) -> RedisScriptCall {
        let script =
            isLogOnSameServer ? CoherenceScripts.changeAndAnnounce : CoherenceScripts.change
        let keyCount = CoherenceScripts.controlKeyCount + removals.count + change.writes.count
        var call = script.call(keyCount: keyCount)
        appendControlKeys(to: &call)
        call.append(contentsOf: removals)
        for write in change.writes { call.append(write.key) }
        log.appendArguments(change.announcement, to: &call)
        call.append(removals.count)
        call.append(tag)
        call.append(stamps.word)
        call.append(look)
        let isOrdered = change.writes.contains { $0.stamp != nil }
        let scopes = isOrdered ? fences.scopes : FenceMemory.Scopes(version: "-")
        call.append(scopes.version)
        switch stamps {
        case .given(.each(let stamps, _)):
            for stamp in stamps { call.append(StampArgument(stamp: stamp)) }
        case .given(.same(let stamp)):
            for _ in removals { call.append(StampArgument(stamp: stamp)) }
        case .given(.none), .withheld: break
        }
        for write in change.writes { append(write, scopes, to: &call) }
        return call
    }

    private func append(
        _ write: CacheWrite,
        _ scopes: FenceMemory.Scopes,
        to call: inout RedisScriptCall
    ) {
        call.append(write.value)
        // Redis refuses an expiry of zero; what lives shorter than a millisecond lives one.
        call.append(max(1, Int(write.timeToLive / .milliseconds(1))))
        switch write.condition {
        case .always: call.append(0)
        case .ifAbsent: call.append(1)
        case .leased(let token): call.append("=\(token)")
        }
        call.append(StampArgument(stamp: write.stamp))
        call.append(scopes.fences.contains { $0.supersedes(write) } ? 1 : 0)
        call.append(write.tags.count)
        for tag in write.tags { call.append(ControlKeys.tag(tag)) }
    }
}
