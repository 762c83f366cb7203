import CacheDomain
import Codecs
import RedisClient
import Synchronization

/// What this process remembers of the fences on the server, so that it need not ask: every script
/// checks whether it is still so.
final class FenceMemory: Sendable {
    /// The scopes that were purged last, and the name of the state they are in.
    struct Scopes: Sendable {
        var version = ""
        var fences: [ScopeFence] = []
    }

    private let state = Mutex(State())

    private struct State {
        var scopes = Scopes()
        var wantsStamps = false
    }

    var scopes: Scopes { state.withLock { $0.scopes } }

    /// Whether the last removal wanted its stamps: the next one sends them along at once.
    var wantsStamps: Bool {
        get { state.withLock { $0.wantsStamps } }
        set { state.withLock { $0.wantsStamps = newValue } }
    }

    /// Takes over what the script tells instead of doing its work: version, then names and stamps.
    func learnScopes(_ reply: RedisReply) throws(StoreError) {
        guard let version = reply[1]?.string, let list = reply[2]?.elements.map(Array.init) else {
            throw .unexpected(reply, to: "a script that changes data")
        }
        var scopes = Scopes(version: version)
        for index in stride(from: 0, to: list.count - 1, by: 2) {
            guard let name = list[index].bytes, let stamp = list[index + 1].bytes,
                let fence = ScopeFence(field: name, position: stamp)
            else { throw .unexpected(reply, to: "a script that changes data") }
            scopes.fences.append(fence)
        }
        state.withLock { $0.scopes = scopes }
    }
}

extension ScopeFence {
    /// Reads a field of the hash of scopes: what it is, its clock, its name.
    fileprivate init?(field: ArraySlice<UInt8>, position: ArraySlice<UInt8>) {
        var rest = field.dropFirst(2)
        var clock = OrderStamp.Clock.server
        if field.dropFirst().first == UInt8(ascii: "p") {
            let digits = String(decoding: rest.prefix(StampArgument.producerDigits), as: UTF8.self)
            rest = rest.dropFirst(StampArgument.producerDigits)
            guard let high = UInt64(digits.prefix(16), radix: 16),
                let low = UInt64(digits.dropFirst(16), radix: 16)
            else { return nil }
            clock = .producer(high, low)
        }
        guard let stamp = OrderStamp(clock: clock, position: position) else { return nil }
        let name = String(decoding: rest, as: UTF8.self)
        switch field.first {
        case UInt8(ascii: "g"): self.init(.pattern(name), stamp)
        case UInt8(ascii: "n"): self.init(.namespace(name), stamp)
        default: return nil
        }
    }
}
