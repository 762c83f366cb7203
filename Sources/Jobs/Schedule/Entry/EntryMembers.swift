import Codecs
import Telemetry

/// The members of an entry while it is read; each fault names the path of its value.
struct EntryMembers {
    static let names =
        ScheduleTiming.memberNames + [
            "name", "event", "transport", "enabled", "jitter", "catchUp", "overlap", "runLimit",
            "start", "end",
        ]

    typealias Reading<Value> = (JSONNode, String) throws(ScheduleEntryError) -> Value

    private let document: JSONDocument
    private let path: String
    private var nodes: [String: JSONNode] = [:]

    init(
        _ node: JSONNode,
        in document: JSONDocument,
        path: String,
        names: [String] = EntryMembers.names
    ) throws(ScheduleEntryError) {
        self.document = document
        self.path = path
        guard document.kind(of: node) == .object else {
            throw .schema(path, must: "an object, not \(document.kind(of: node).described)")
        }
        for (key, value) in document.members(of: node) {
            let name = document.string(key) ?? ""
            guard names.contains(name) else {
                throw .unknown("\(path).\(shortened(name))", name, among: names)
            }
            nodes[name] = value
        }
    }

    /// Which of these members are there.
    func present(_ names: [String]) -> [String] { names.filter { nodes[$0] != nil } }

    /// The path of a member.
    func path(of name: String) -> String { "\(path).\(name)" }

    /// A member that must be there.
    func required<Value>(
        _ name: String,
        _ read: Reading<Value>
    ) throws(ScheduleEntryError) -> Value {
        guard let value = try optional(name, read) else {
            throw ScheduleEntryError(
                path: path(of: name),
                message: "\(path(of: name)) is required"
            )
        }
        return value
    }

    /// A member, or nil when it is absent.
    func optional<Value>(
        _ name: String,
        _ read: Reading<Value>
    ) throws(ScheduleEntryError) -> Value? {
        guard let node = nodes[name] else { return nil }
        return try read(node, path(of: name))
    }

    // MARK: Kinds of value

    /// A string that is not empty.
    func text(_ node: JSONNode, _ path: String) throws(ScheduleEntryError) -> String {
        do throws(EventError) {
            return try document.name(node, path)
        } catch {
            throw ScheduleEntryError(error)
        }
    }

    /// `true` or `false`.
    func flag(_ node: JSONNode, _ path: String) throws(ScheduleEntryError) -> Bool {
        do throws(EventError) {
            return try document.flag(node, path)
        } catch {
            throw ScheduleEntryError(error)
        }
    }

    /// A number of seconds greater than 0.
    func seconds(_ node: JSONNode, _ path: String) throws(ScheduleEntryError) -> Duration {
        do throws(EventError) {
            return try document.timeToLive(node, path)
        } catch {
            throw ScheduleEntryError(error)
        }
    }

    /// A whole number of seconds greater than 0.
    func wholeSeconds(_ node: JSONNode, _ path: String) throws(ScheduleEntryError) -> Int {
        guard document.kind(of: node) == .number,
            let count = Int(String(decoding: document.text(of: node), as: UTF8.self)), count > 0
        else { throw .schema(path, must: "a whole number of seconds greater than 0") }
        return count
    }

    /// An RFC 3339 timestamp.
    func moment(_ node: JSONNode, _ path: String) throws(ScheduleEntryError) -> WallTime {
        let text = try text(node, path)
        guard let moment = WallTime(text) else {
            let rule = "an RFC 3339 timestamp such as 2026-11-20T09:00:00Z"
            throw .schema(path, must: "\(rule), not \"\(shortened(text))\"")
        }
        return moment
    }

    /// One of the words of a type.
    func word<Word: RawRepresentable & CaseIterable>(
        _ node: JSONNode,
        _ path: String
    ) throws(ScheduleEntryError) -> Word where Word.RawValue == String {
        let text = try text(node, path)
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw .schema(path, must: "one of \(words), not \"\(shortened(text))\"")
        }
        return word
    }

    /// `"none"`, `"last"`, or an object with the window and the cap of `all`.
    func catchUp(
        _ node: JSONNode,
        _ path: String
    ) throws(ScheduleEntryError) -> ScheduleEntry.CatchUp {
        if document.kind(of: node) == .string {
            switch document.string(node) {
            case "none": return .none
            case "last": return .last
            default: break
            }
        }
        guard document.kind(of: node) == .object else {
            let object = #"{"policy":"all","window":3600,"cap":100}"#
            throw .schema(path, must: "\"none\", \"last\" or \(object)")
        }
        let members = try EntryMembers(
            node,
            in: document,
            path: path,
            names: ["policy", "window", "cap"]
        )
        let policy = try members.required("policy", text)
        guard policy == "all" else {
            throw .schema("\(path).policy", must: "\"all\", not \"\(shortened(policy))\"")
        }
        return .all(
            window: try members.required("window", seconds),
            cap: try members.optional("cap", cap) ?? ScheduleEntry.CatchUp.usualCap
        )
    }

    private func cap(_ node: JSONNode, _ path: String) throws(ScheduleEntryError) -> Int {
        let most = ScheduleEntry.CatchUp.maxCap
        guard document.kind(of: node) == .number,
            let cap = Int(String(decoding: document.text(of: node), as: UTF8.self)),
            1...most ~= cap
        else { throw .schema(path, must: "a whole number from 1 to \(most)") }
        return cap
    }
}
