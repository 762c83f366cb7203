import Codecs

/// One message of the coherence channel; an entry of the journal unless it is a heartbeat.
///
/// `{"s":1042,"e":"epoch","n":"node","k":["app:user:1"],"t":[…],"p":[…],"ns":[…],"all":true}`,
/// and in a heartbeat `"c":"canary"`. In the journal there is `"i":"random"`, too, which nobody
/// reads: after a fail-over a number is given away again, and the new message of that number must
/// not be mistaken for the old one.
public struct CoherenceMessage: Sendable, Equatable {
    /// Its place; a heartbeat repeats the last one.
    public var position: LogPosition
    /// Who wrote it.
    public var node: String
    /// What has changed; empty in a heartbeat.
    public var announcement: Announcement
    /// What only the sender of this very heartbeat knows; nil in all other messages.
    public var canary: String?

    /// A message from its parts.
    public init(
        position: LogPosition,
        node: String,
        announcement: Announcement,
        canary: String? = nil
    ) {
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
        announcement = Announcement(
            keys: try Self.names("k", document),
            tags: try Self.names("t", document),
            patterns: try Self.names("p", document),
            namespaces: try Self.names("ns", document),
            everything: document.member("all", of: root).flatMap(document.boolean) ?? false
        )
    }

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

    /// The message after its position: `,"n":…` to the end, as the log's script completes it.
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

    /// The whole message.
    public var encoded: [UInt8] {
        var bytes = Array(#"{"s":\#(position.sequence),"e":"#.utf8)
        bytes.appendJSONString(position.epoch)
        return bytes + Self.tail(node: node, announcement, canary: canary)
    }
}

/// Why bytes on the coherence channel or in the journal are no message.
public struct CoherenceMessageError: Error, Sendable, Equatable {
    /// What is wrong with them.
    public let message: String
}
