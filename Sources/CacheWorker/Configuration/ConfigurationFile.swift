import Codecs
import Jobs

/// The values of a configuration file and what is wrong with its keys.
struct ConfigurationFile {
    private(set) var values: [SettingValue] = []
    /// The entries of the schedule.
    private(set) var schedule: [ScheduleEntry] = []
    private(set) var faults: [ConfigurationError.Fault] = []

    private let path: String
    private let zones: any ZoneSource
    private static let names = Setting.all.flatMap { setting in
        setting.fileNames.map { (name: $0.name, form: $0.form, setting: setting) }
    }
    private static let keys = names.map(\.name) + [ScheduleSection.key]
    /// The keys that hold keys: `redis`.
    private static let sections = Set(
        keys.compactMap { $0.split(separator: ".").dropLast().first.map(String.init) }
    )

    private init(path: String, zones: any ZoneSource) {
        self.path = path
        self.zones = zones
    }

    /// Reads a file's text.
    ///
    /// - Throws: What makes the text no YAML, with file and line.
    static func read(
        _ bytes: [UInt8],
        path: String,
        zones: any ZoneSource
    ) throws(ConfigurationError) -> ConfigurationFile {
        var file = ConfigurationFile(path: path, zones: zones)
        do {
            let root = try YAMLReader().read(bytes)
            if let root, !root.isNull { file.take(root, as: "") }
        } catch {
            let text = "\(path):\(error.line): \(error.message)"
            throw ConfigurationError(faults: [.init(isUsage: false, description: text)])
        }
        return file
    }

    /// Takes the keys of a section; the whole file is the section without a name.
    private mutating func take(_ node: YAMLNode, as section: String) {
        guard case .mapping(let entries) = node.content else {
            let name = section.isEmpty ? "the file" : section
            let wanted = Self.keys.first { $0.hasPrefix(section) } ?? "redis.url"
            let key = wanted.dropFirst(section.isEmpty ? 0 : section.count + 1)
            let start = SettingOrigin.file(path: path, line: node.line, key: name)
            faults.append(.init(start, "must hold keys with values, such as \(key): …"))
            return
        }
        for entry in entries {
            take(entry, named: section.isEmpty ? entry.key : section + "." + entry.key)
        }
    }

    private mutating func take(_ entry: YAMLEntry, named name: String) {
        let origin = SettingOrigin.file(path: path, line: entry.line, key: name)
        let known = Self.names.first { $0.name == name }
        if Self.sections.contains(name) {
            if !entry.value.isNull { take(entry.value, as: name) }
        } else if Self.keys.contains(name), entry.key.contains(".") {
            let parts = name.split(separator: ".").joined(separator: ":, below it ")
            faults.append(.init(origin, "is no key of one line; write \(parts):"))
        } else if name == ScheduleSection.key {
            takeSchedule(entry.value)
        } else if let known {
            // As with variables, nothing means: as if it were not there.
            guard !entry.value.isNull else { return }
            guard let text = Self.text(of: entry.value, isList: known.setting.takesList) else {
                faults.append(.init(origin, "must be a single value, without keys or lists in it"))
                return
            }
            if text.isEmpty { return }
            values.append(SettingValue(known.setting, known.form, text, origin))
        } else {
            let hint =
                Suggestion.of(name, among: Self.keys + Self.sections)
                .map { "; did you mean \($0)?" } ?? ""
            faults.append(.init(origin, "is unknown\(hint)"))
        }
    }

    private mutating func takeSchedule(_ node: YAMLNode) {
        guard !node.isNull else { return }
        let section = ScheduleSection(node, path: path, zones: zones)
        schedule = section.entries
        faults += section.faults
    }

    /// A text, or the texts of a list with commas between them.
    private static func text(of node: YAMLNode, isList: Bool) -> String? {
        switch node.content {
        case .scalar(let text, _): return text
        case .mapping: return nil
        case .sequence(let items):
            let texts = items.compactMap { item in
                if case .scalar(let text, _) = item.content { text } else { nil }
            }
            let isWhole = isList && texts.count == items.count
            return isWhole ? texts.joined(separator: ",") : nil
        }
    }
}
