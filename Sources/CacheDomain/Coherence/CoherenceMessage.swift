import Codecs

/// One message of the coherence channel; an entry of the journal unless it is a heartbeat.
///
/// `{"s":1042,"e":"epoch","n":"node","k":["app:user:1"],"t":[…],"p":[…],"ns":[…],"all":true}`,
/// and in a heartbeat `"c":"canary"`. `"at":1764490740123456` is when it was published, in
/// microseconds by the clock of the server; who has none leaves it out. In the journal there is
/// `"i":"random"`, too, which nobody reads: after a fail-over a number is given away again, and the
/// new message of that number must not be mistaken for the old one.
///
/// A message of a later version has `"v":2`, or more. Its place is where it always was, and what
/// has a `c` is a heartbeat; what else it says is not known.
public struct CoherenceMessage: Sendable, Hashable {
    /// The version that is written, and the only one that is understood.
    public static let knownVersion = 1

    /// Its place; a heartbeat repeats the last one.
    public var position: LogPosition
    /// Who wrote it.
    public var node: String
    /// What has changed; empty in a heartbeat.
    public var announcement: Announcement
    /// What only the sender of this very heartbeat knows; nil in all other messages.
    public var canary: String?
    /// When it was published, since 1970 and by the clock of the server; nil where nobody says.
    public var publishedAt: Duration?
    /// How it is to be read; 0 for what is no number.
    public var version: Int

    /// A message from its parts.
    public init(
        position: LogPosition,
        node: String,
        announcement: Announcement,
        canary: String? = nil,
        publishedAt: Duration? = nil,
        version: Int = Self.knownVersion
    ) {
        self.publishedAt = publishedAt
        self.version = version
        self.position = position
        self.node = node
        self.announcement = announcement
        self.canary = canary
    }

    /// Reads a message; unknown members are ignored.
    public init(parsing bytes: ArraySlice<UInt8>) throws(CoherenceMessageError) {
        var reader = JSONReader()
        let document: JSONDocument
        do {
            document = try reader.read(bytes)
        } catch {
            throw CoherenceMessageError(message: "a coherence message is not JSON: \(error)")
        }
        let root = document.root
        guard document.kind(of: root) == .object,
            let sequence = document.member("s", of: root)
                .flatMap({
                    UInt64(String(decoding: document.text(of: $0), as: UTF8.self))
                }),
            let epoch = document.member("e", of: root).flatMap(document.string)
        else { throw CoherenceMessageError(message: "a coherence message lacks s or e") }
        position = LogPosition(epoch: epoch, sequence: sequence)
        node = document.member("n", of: root).flatMap(document.string) ?? ""
        canary = document.member("c", of: root).flatMap(document.string)
        publishedAt = document.member("at", of: root)
            .flatMap { Int64(String(decoding: document.text(of: $0), as: UTF8.self)) }
            .map(Duration.microseconds)
        version =
            document.member("v", of: root)
            .map { Int(String(decoding: document.text(of: $0), as: UTF8.self)) ?? 0 }
            ?? Self.knownVersion
        guard version == Self.knownVersion else {
            announcement = Announcement()
            return
        }
        announcement = Announcement(
            keys: try Self.names("k", document),
            tags: try Self.names("t", document),
            patterns: try Self.names("p", document),
            namespaces: try Self.names("ns", document),
            everything: document.member("all", of: root).flatMap(document.boolean) ?? false
        )
    }

    /// Whether all that it says is known.
    public var isUnderstood: Bool { version == Self.knownVersion }

    /// Whether it only repeats the position.
    ///
    /// From version 2 on each that does has a canary.
    public var isHeartbeat: Bool { canary != nil || isUnderstood && announcement.isEmpty }

    private static func names(
        _ member: String,
        _ document: JSONDocument
    ) throws(CoherenceMessageError) -> [String] {
        guard let list = document.member(member, of: document.root) else { return [] }
        let names = document.elements(of: list).compactMap(document.string)
        guard document.kind(of: list) == .array, names.count == document.count(of: list) else {
            throw CoherenceMessageError(
                message: "\(member) of a coherence message is not a list of strings"
            )
        }
        return names
    }

    /// The message after its position and time: `,"n":…` to the end, as the log's script completes
    /// it.
    public static func tail(
        node: String,
        _ announcement: Announcement,
        canary: String? = nil,
        identity: String? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(contentsOf: #","n":"#.utf8)
        bytes.appendJSONString(node)
        func list(_ member: String, _ names: [String]) {
            guard !names.isEmpty else { return }
            bytes.append(contentsOf: ",\"\(member)\":".utf8)
            bytes.appendJSONArray(names)
        }
        list("k", announcement.keys)
        list("t", announcement.tags)
        list("p", announcement.patterns)
        list("ns", announcement.namespaces)
        if announcement.everything { bytes.append(contentsOf: #","all":true"#.utf8) }
        if let canary {
            bytes.append(contentsOf: #","c":"#.utf8)
            bytes.appendJSONString(canary)
        }
        if let identity {
            bytes.append(contentsOf: #","i":"#.utf8)
            bytes.appendJSONString(identity)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private static func microseconds(in time: Duration) -> Int64 {
        let (seconds, attoseconds) = time.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// The whole message.
    public var encoded: [UInt8] {
        var bytes = Array(#"{"s":\#(position.sequence),"e":"#.utf8)
        bytes.appendJSONString(position.epoch)
        if let publishedAt {
            bytes.append(contentsOf: #","at":\#(Self.microseconds(in: publishedAt))"#.utf8)
        }
        if version != Self.knownVersion { bytes.append(contentsOf: #","v":\#(version)"#.utf8) }
        return bytes + Self.tail(node: node, announcement, canary: canary)
    }
}

/// Why bytes on the coherence channel or in the journal are no message.
public struct CoherenceMessageError: Error, Sendable, Equatable {
    /// What is wrong with them.
    public let message: String
}
