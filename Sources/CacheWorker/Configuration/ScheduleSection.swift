import Codecs
import Jobs

/// The entries of the schedule in a configuration file: a list, each entry with the members of the
/// JSON form.
struct ScheduleSection {
    /// Where the list stands.
    static let key = "schedule.entries"

    private(set) var entries: [ScheduleEntry] = []
    private(set) var faults: [ConfigurationError.Fault] = []

    private let path: String
    private let zones: any ZoneSource
    private var lines: [String: Int] = [:]

    /// Takes the list that stands there; of an entry that is wrong the first fault is told.
    init(_ node: YAMLNode, path: String, zones: any ZoneSource) {
        self.path = path
        self.zones = zones
        guard case .sequence(let items) = node.content else {
            let rule = "must be a list of entries, each beginning with - name: …"
            faults.append(.init(.file(path: path, line: node.line, key: Self.key), rule))
            return
        }
        for (index, item) in items.enumerated() { take(item, at: index) }
    }

    private mutating func take(_ item: YAMLNode, at index: Int) {
        let root = "\(Self.key).\(Self.name(of: item) ?? "\(index)")"
        do throws(ScheduleEntryError) {
            let entry = try entry(item.withoutEmptyMembers, root)
            if let line = lines.updateValue(item.line, forKey: entry.name) {
                tell("\(root) stands in line \(line) already; keep one of them", item.line)
            } else {
                entries.append(entry)
            }
        } catch {
            tell(error.message, item.line(of: error.path.dropFirst(root.count)))
        }
    }

    private func entry(_ item: YAMLNode, _ root: String) throws(ScheduleEntryError) -> ScheduleEntry
    {
        let document: JSONDocument
        var reader = JSONReader()
        do throws(JSONError) {
            document = try reader.read(item.json)
        } catch {
            throw ScheduleEntryError(path: root, message: "\(root): \(error)")
        }
        return try ScheduleEntry(document.root, in: document, path: root, zones: zones)
    }

    private mutating func tell(_ message: String, _ line: Int) {
        faults.append(.init(isUsage: false, description: "\(path):\(line): \(message)"))
    }

    /// How the messages call it; nil when it has no name that can be told.
    private static func name(of item: YAMLNode) -> String? {
        guard case .mapping(let members) = item.content,
            case .scalar(let name, _)? = members.first(where: { $0.key == "name" })?.value.content,
            ScheduleEntry.isName(name)
        else { return nil }
        return name
    }
}

extension YAMLNode {
    /// Without the members of this mapping that have no value: as in the rest of the file that
    /// means as if they were not there.
    fileprivate var withoutEmptyMembers: YAMLNode {
        guard case .mapping(let members) = content else { return self }
        return YAMLNode(line: line, content: .mapping(members.filter { !$0.value.isNull }))
    }

    /// The line of what a path leads to, such as `.event.data.keys[2]`; as far as it leads.
    fileprivate func line(of path: Substring) -> Int {
        switch content {
        case .mapping(let members) where path.first == ".":
            // A key may have dots in it itself.
            let found = members.filter { path.dropFirst().hasPrefix($0.key) }
                .max { $0.key.count < $1.key.count }
            guard let found else { return line }
            let rest = path.dropFirst(found.key.count + 1)
            return rest.isEmpty ? found.line : found.value.line(of: rest)
        case .sequence(let items) where path.first == "[":
            let number = path.dropFirst().prefix { $0.isNumber }
            guard let index = Int(number), items.indices.contains(index) else { return line }
            return items[index].line(of: path.dropFirst(number.count + 2))
        default: return line
        }
    }
}
