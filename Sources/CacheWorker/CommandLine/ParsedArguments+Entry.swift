import Codecs
import Jobs

extension ParsedArguments {
    /// How the text of an option becomes the value of a member.
    private enum Form {
        case text
        case json
        case seconds
        case catchUp
    }

    /// The options that stand for members.
    private static let members: [(option: Option, name: String, form: Form)] = [
        (.value("--cron", "EXPR", "When: a cron expression, or as @hourly"), "cron", .text),
        (.value("--every", "DURATION", "When: in this distance, as 90s, 2h"), "every", .seconds),
        (.value("--at", "TIME", "When: once, in RFC 3339"), "at", .text),
        (.value("--tz", "ZONE", "IANA name of the zone of --cron"), "timeZone", .text),
        (.value("--dst", "POLICY", "What happens where clocks are put"), "dst", .text),
        (.value("--days", "RULE", "or, and: what two fields of days mean"), "days", .text),
        (.value("--event", "JSON", "What is published: type and data"), "event", .json),
        (.value("--transport", "NAME", "stream, amqp"), "transport", .text),
        (.value("--jitter", "DURATION", "How far firings are spread"), "jitter", .seconds),
        (
            .value("--catch-up", "RULE", "none, last, all=WINDOW,CAP as all=1h,100"), "catchUp",
            .catchUp
        ),
        (.value("--overlap", "RULE", "allow, skip, replace, queue"), "overlap", .text),
        (.value("--run-limit", "DURATION", "How long a run may be silent"), "runLimit", .seconds),
        (.value("--start", "TIME", "It does not fire before"), "start", .text),
        (.value("--end", "TIME", "It does not fire after"), "end", .text),
    ]
    /// What the rule to catch up all firings begins with.
    private static let all = "all="
    private static let disabled = Option.toggle("--disabled", "It does not fire at all")
    private static let spans: ClosedRange<Duration> = .milliseconds(1) ... .seconds(36_525 * 86_400)

    /// The options of `schedule set` that stand for members.
    static var memberOptions: [Option] { members.map(\.option) + [disabled] }

    /// Exactly one of JSON, a file, and a name with options.
    func entrySource() throws(ArgumentFault) -> EntrySource {
        try expectOperands(0...1)
        let members = try entryMembers()
        let file = value("--file")
        switch (operands.first, file) {
        case (nil, nil):
            throw ArgumentFault("there is nothing to set: add NAME with options, JSON or --file")
        case (_?, _?): throw ArgumentFault("--file does not go with \(operands[0])")
        case (let text?, nil) where text != "-" && !text.hasPrefix("{"):
            let name = try operandName()
            return .members(
                [EntryMember(option: "NAME", name: "name", json: Self.quoted(name))] + members
            )
        default: break
        }
        if let member = members.first {
            throw ArgumentFault("\(member.option) goes with a name; the JSON says it all")
        }
        switch operands.first ?? file ?? "" {
        case "-": return .standardInput
        case "": throw ArgumentFault("--file must not be empty")
        case let text: return file == nil ? .json(text) : .file(text)
        }
    }

    private func entryMembers() throws(ArgumentFault) -> [EntryMember] {
        var members: [EntryMember] = []
        for (option, name, form) in Self.members {
            guard let text = value(option.name) else { continue }
            let json = try json(text, of: option.name, form)
            members.append(EntryMember(option: option.name, name: name, json: json))
        }
        guard has(Self.disabled.name) else { return members }
        let enabled = EntryMember(option: Self.disabled.name, name: "enabled", json: "false")
        return members + [enabled]
    }

    private func json(
        _ text: String,
        of option: String,
        _ form: Form
    ) throws(ArgumentFault) -> String {
        switch form {
        case .json: return text
        case .text: return Self.quoted(text)
        case .seconds: return try seconds(text, of: option)
        case .catchUp:
            guard text.hasPrefix(Self.all) else { return Self.quoted(text) }
            let limits = text.dropFirst(Self.all.count)
                .split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
            let window = try seconds(String(limits[0]), of: option)
            let cap = limits.count == 2 ? ",\"cap\":\(try cap(limits[1], of: option))" : ""
            return "{\"policy\":\"all\",\"window\":\(window)\(cap)}"
        }
    }

    private func seconds(_ text: String, of option: String) throws(ArgumentFault) -> String {
        let duration = try read(text, of: option, as: .duration(Self.spans))
        let milliseconds = Int64(duration / .milliseconds(1))
        let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
        return milliseconds % 1_000 == 0
            ? "\(milliseconds / 1_000)" : "\(milliseconds / 1_000).\(fraction)"
    }

    private func cap(_ text: Substring, of option: String) throws(ArgumentFault) -> Int {
        try read(String(text), of: option, as: .count(1...ScheduleEntry.CatchUp.maxCap))
    }

    private static func quoted(_ text: String) -> String {
        var json: [UInt8] = []
        json.appendJSONString(text)
        return String(decoding: json, as: UTF8.self)
    }
}
