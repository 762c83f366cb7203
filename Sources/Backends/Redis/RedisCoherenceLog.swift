public import CacheDomain
import Codecs
import Jobs
public import RedisClient

/// The coherence log on Redis: a counter, a stream as its journal, a channel for live messages.
public struct RedisCoherenceLog: CoherenceLog {
    /// How many messages the journal keeps: what a reader may miss without losing its tier.
    public static let journalLength = 10_000

    let connection: RedisConnection
    let keys: ControlKeys
    let node: String
    private let subscription: @Sendable () -> RedisSubscription

    /// A log reached by `connection`; each `follow` makes a `subscription` of its own.
    public init(
        connection: RedisConnection,
        keys: ControlKeys,
        node: String,
        subscription: @escaping @Sendable () -> RedisSubscription
    ) {
        self.connection = connection
        self.keys = keys
        self.node = node
        self.subscription = subscription
    }

    /// Appends a message that changes nothing.
    func announce(_ announcement: Announcement) async throws(StoreError) -> LogPosition {
        var call = CoherenceScripts.announce.call(keyCount: CoherenceScripts.logKeyCount)
        appendKeys(to: &call)
        appendArguments(announcement, to: &call)
        return try position(in: try await run(call), at: 0)
    }

    /// The same, and tells whether an older write may be on its way; for a store on another server.
    func announceAndLook(
        _ announcement: Announcement
    ) async throws(StoreError) -> (position: LogPosition, isUnsettled: Bool) {
        var call = CoherenceScripts.announceAndLook.call(
            keyCount: CoherenceScripts.controlKeyCount
        )
        appendKeys(to: &call)
        appendFenceKeys(to: &call)
        appendArguments(announcement, to: &call)
        let reply = try await run(call)
        return (try position(in: reply, at: 0), reply[2]?.integer == 1)
    }

    /// The position of the last message.
    public func position() async throws(StoreError) -> LogPosition {
        try position(in: try await execute(positionCommand))
    }

    /// Asks for the position.
    var positionCommand: RedisCommand { RedisCommand("MGET", keys.sequence, keys.epoch) }

    /// Reads the answer to `positionCommand`; a log that lacks one of the two has no messages.
    func position(in reply: RedisReply) throws(StoreError) -> LogPosition {
        guard let sequence = reply[0]?.string, let epoch = reply[1]?.string else { return .start }
        guard let number = UInt64(sequence) else {
            throw .unexpected(reply, to: "MGET \(keys.sequence)")
        }
        return LogPosition(epoch: epoch, sequence: number)
    }

    /// The journal's messages from `sequence` on.
    public func journal(
        from sequence: UInt64,
        limit: Int
    ) async throws(StoreError) -> [ArraySlice<UInt8>] {
        let reply = try await execute(
            RedisCommand("XRANGE", keys.journal, "\(sequence)-0", "+", "COUNT", limit)
        )
        var messages: [ArraySlice<UInt8>] = []
        for entry in try elements(of: reply, "XRANGE \(keys.journal)") {
            guard let message = entry[1]?[1]?.bytes else {
                throw .unexpected(entry, to: "XRANGE \(keys.journal)")
            }
            messages.append(message)
        }
        return messages
    }

    /// Publishes the last position again.
    public func sendHeartbeat(canary: String) async throws(StoreError) {
        let tail = CoherenceMessage.tail(node: node, Announcement(), canary: canary)
        let call = CoherenceScripts.heartbeat.call(
            keys: [keys.sequence, keys.epoch],
            keys.channel,
            tail
        )
        _ = try await run(call)
    }

    // MARK: For the store on the same server

    func appendKeys(to call: inout RedisScriptCall) {
        call.append(keys.sequence)
        call.append(keys.journal)
        call.append(keys.epoch)
    }

    func appendFenceKeys(to call: inout RedisScriptCall) {
        call.append(keys.stream(of: .warm))
        call.append(keys.delayed)
        call.append(keys.claimed)
        call.append(keys.fences)
        call.append(contentsOf: keys.fenceGenerations)
        call.append(keys.fenceScopes)
        call.append(keys.loads)
    }

    /// Whether an older write may be on its way; for a store on another server.
    func isUnsettled() async throws(StoreError) -> Bool {
        var call = FenceScripts.look.call(keyCount: CoherenceScripts.controlKeyCount)
        appendKeys(to: &call)
        appendFenceKeys(to: &call)
        return try await run(call).integer == 1
    }

    func appendArguments(_ announcement: Announcement, to call: inout RedisScriptCall) {
        call.append(keys.channel)
        call.append(Self.freshEpoch())
        call.append(Self.journalLength)
        let identity = String(UInt32.random(in: .min ... .max), radix: 36)
        call.append(CoherenceMessage.tail(node: node, announcement, identity: identity))
    }

    /// Reads `s, epoch` at an index of a script's reply.
    func position(in reply: RedisReply, at index: Int) throws(StoreError) -> LogPosition {
        guard let sequence = reply[index]?.string.flatMap(UInt64.init),
            let epoch = reply[index + 1]?.string
        else { throw .unexpected(reply, to: "a script of the coherence log") }
        return LogPosition(epoch: epoch, sequence: sequence)
    }

    func run(_ call: RedisScriptCall) async throws(StoreError) -> RedisReply {
        do throws(RedisError) {
            return try await connection.run(call)
        } catch {
            throw StoreError(error)
        }
    }

    /// Reports the subscription's life and every message until the task is cancelled.
    public func follow(_ receive: @escaping @Sendable (CoherenceSignal) -> Void) async {
        let subscription = subscription()
        for await event in subscription {
            switch event {
            case .connected: receive(.subscribed)
            case .message(let message): receive(.message(message.payload))
            // Told only to who asks for it.
            case .changed: break
            case .disconnected(let error): receive(.lost(error.message))
            }
        }
        await subscription.close()
    }

    private func execute(_ command: RedisCommand) async throws(StoreError) -> RedisReply {
        do throws(RedisError) {
            return try await connection.execute(command)
        } catch {
            throw StoreError(error)
        }
    }

    private func elements(
        of reply: RedisReply,
        _ command: String
    ) throws(StoreError) -> RedisReply.Elements {
        guard let elements = reply.elements else { throw .unexpected(reply, to: command) }
        return elements
    }

    /// 64 random bits: two lives of one log must not be mistaken for each other.
    static func freshEpoch() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
