/// A job stream and its group as an operator sees them.
public struct JobStream: Sendable {
    /// The connection that looks.
    public let probe: RedisProbe
    /// The name of the stream.
    public let key: String

    /// The stream of a kind of job.
    public init(_ kind: String, _ probe: RedisProbe) {
        self.probe = probe
        key = "{cw}:jobs:\(kind)"
    }

    /// Adds an event as producers do.
    @discardableResult
    public func add(_ event: String) throws -> String? {
        try probe.command("XADD", key, "*", "event", event).text
    }

    /// Adds an event of any bytes.
    public func add(_ event: [UInt8]) throws {
        try probe.command(bytes: ["XADD", key, "*", "event"].map { Array($0.utf8) } + [event])
    }

    /// How many entries are in the stream.
    public var length: Int { get throws { try probe.command("XLEN", key).integer ?? -1 } }

    /// What the server says about the group of the workers.
    public var group: [String: RedisProbe.Reply] {
        get throws {
            let groups = try probe.command("XINFO", "GROUPS", key).elements
            let facts = groups.map { JobStream.members($0.elements) }
            return facts.first { $0["name"]?.text == "workers" } ?? [:]
        }
    }

    /// Jobs that were read and not acknowledged.
    public var pending: Int { get throws { try group["pending"]?.integer ?? -1 } }

    /// Waits until everything is done: trimmed to nothing, nothing pending, a lag that is a number.
    public func idle(within limit: Duration = .seconds(60)) async throws {
        try await eventually("\(key) is empty and nothing is pending", within: limit) {
            let group = try group
            return try length == 0 && group["pending"] == .integer(0)
                && group["lag"] == .integer(0)
        }
    }

    /// The entries of a stream of dead letters.
    public static func deadLetters(_ probe: RedisProbe) throws -> [[String: [UInt8]]] {
        try probe.command("XRANGE", "{cw}:jobs:dead", "-", "+").elements
            .map { entry in
                let fields = entry.elements.last?.elements ?? []
                return members(fields)
                    .compactMapValues { value in
                        if case .bytes(let bytes) = value { bytes } else { nil }
                    }
            }
    }

    /// Names and values that follow each other in a reply.
    public static func members(_ list: [RedisProbe.Reply]) -> [String: RedisProbe.Reply] {
        var members: [String: RedisProbe.Reply] = [:]
        for index in stride(from: 0, to: list.count - 1, by: 2) {
            members[list[index].text ?? ""] = list[index + 1]
        }
        return members
    }
}
