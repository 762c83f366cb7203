import Codecs
import Telemetry

/// The event of an entry, with places for what differs from firing to firing.
///
/// A JSON object as producers publish it, without what the schedule itself says: `id`, `time`,
/// `notbefore`, `expiresat`. In any string stand `{{time}}` for the nominal instant (RFC 3339),
/// `{{date}}` for its day in UTC, `{{seconds}}` for its seconds since 1970 and `{{name}}` for the
/// entry. Anything else in double braces is an error; a text that wants them itself writes the
/// second one as `\u007b`.
public struct EventTemplate: Sendable, Equatable {
    /// What may stand in double braces, filled in at each firing.
    public enum Slot: String, Sendable, CaseIterable {
        /// The nominal instant, RFC 3339 in UTC with milliseconds.
        case time
        /// The day of the nominal instant in UTC, `2026-11-20`.
        case date
        /// The nominal instant in whole seconds since 1970.
        case seconds
        /// The name of the entry.
        case name

        func text(for firing: FiringIdentity) -> String {
            switch self {
            case .time: firing.instant.text
            case .date: String(firing.instant.text.prefix { $0 != "T" })
            case .seconds: "\(firing.instant.secondsSince1970)"
            case .name: firing.entry
            }
        }
    }

    /// The JSON text, as it was given.
    public let json: [UInt8]

    /// Attributes that follow from entry and instant.
    private static let derived = ["id", "time", "notbefore", "expiresat"]
    private static let given = [
        "type", "data", "source", "subject", "specversion", "traceparent",
    ]

    /// A template from its JSON text, after all checks that an event has to pass.
    ///
    /// `path` is where it stands, for the messages.
    public init(_ json: [UInt8], path: String = "$") throws(ScheduleEntryError) {
        self.json = json
        let document: JSONDocument
        var reader = JSONReader()
        do throws(JSONError) {
            document = try reader.read(json)
        } catch {
            throw ScheduleEntryError(.json(error, root: path))
        }
        guard document.kind(of: document.root) == .object else {
            throw .schema(path, must: "an object")
        }
        for (key, _) in document.members(of: document.root) {
            let name = document.string(key) ?? ""
            guard !Self.derived.contains(name) else {
                throw ScheduleEntryError(
                    path: "\(path).\(name)",
                    message: "\(path).\(name) follows from the entry and its instant: leave it out"
                )
            }
            guard Self.given.contains(name) else {
                throw .unknown("\(path).\(shortened(name))", name, among: Self.given)
            }
        }
        try Self.checkSlots(document.root, in: document, path: path)
        let sample = FiringIdentity(entry: "sample", instant: WallTime(milliseconds: 0))
        do throws(EventError) {
            _ = try event(for: sample)
        } catch {
            throw ScheduleEntryError(error.moved(to: path))
        }
    }

    /// A template without slots that publishes the job of an event, its source and subject.
    public init(_ event: Event) throws(ScheduleEntryError) {
        var event = event
        (event.id, event.time, event.notBefore, event.expiresAt) = (nil, nil, nil, nil)
        try self.init(event.encoded())
    }

    /// The event of a firing.
    func event(
        for firing: FiringIdentity,
        limits: EventLimits = EventLimits()
    ) throws(EventError) -> Event {
        var decoder = EventDecoder(limits: limits)
        var event = try decoder.decode(filled(for: firing)[...])
        event.id = firing.eventID
        event.time = firing.instant.text
        event.source = event.source ?? "/schedule/\(firing.entry)"
        return event
    }

    // MARK: Slots

    private static let opening = Array("{{".utf8)
    private static let closing = Array("}}".utf8)

    /// The JSON text with all slots replaced; what stands for them needs no escapes.
    private func filled(for firing: FiringIdentity) -> [UInt8] {
        var result: [UInt8] = []
        var rest = json[...]
        // Outside of strings no JSON has two braces that open side by side, with a word and two
        // that close behind them.
        while let start = rest.firstRange(of: Self.opening) {
            result += rest[..<start.lowerBound]
            let tail = rest[start.upperBound...]
            if let end = tail.firstRange(of: Self.closing),
                let slot = Slot(
                    rawValue: String(decoding: tail[..<end.lowerBound], as: UTF8.self)
                )
            {
                result += slot.text(for: firing).utf8
                rest = tail[end.upperBound...]
            } else {
                result += Self.opening
                rest = tail
            }
        }
        return result + rest
    }

    private static func checkSlots(
        _ node: JSONNode,
        in document: JSONDocument,
        path: String
    ) throws(ScheduleEntryError) {
        switch document.kind(of: node) {
        case .object:
            for (key, value) in document.members(of: node) {
                let name = document.string(key) ?? ""
                guard document.text(of: key).firstRange(of: opening) == nil else {
                    throw .schema("\(path).\(name)", must: "a name without slots")
                }
                try checkSlots(value, in: document, path: "\(path).\(name)")
            }
        case .array:
            for (index, element) in document.elements(of: node).enumerated() {
                try checkSlots(element, in: document, path: "\(path)[\(index)]")
            }
        case .string: try checkSlots(document.text(of: node), path: path)
        default: return
        }
    }

    private static func checkSlots(
        _ text: ArraySlice<UInt8>,
        path: String
    ) throws(ScheduleEntryError) {
        var rest = text
        while let start = rest.firstRange(of: opening) {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: closing) else {
                throw .schema(path, must: "a string whose {{ have their }}")
            }
            let word = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            guard Slot(rawValue: word) != nil else {
                let known = Slot.allCases.map { "{{\($0.rawValue)}}" }
                    .joined(separator: ", ")
                throw ScheduleEntryError(
                    path: path,
                    message: "\(path) holds {{\(shortened(word))}}, which is none of \(known)"
                )
            }
            rest = rest[end.upperBound...]
        }
    }
}

extension WallTime {
    /// Whole seconds, the millisecond cut off.
    fileprivate var secondsSince1970: Int64 {
        milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
    }
}

extension EventError {
    /// The same fault in an event that stands at `root` of something larger.
    fileprivate func moved(to root: String) -> EventError {
        guard root != "$", path.hasPrefix("$") else { return self }
        let place = root + path.dropFirst()
        let text =
            message.hasPrefix(path)
            ? place + message.dropFirst(path.count)
            : "\(message) (in \(place))"
        return EventError(reason, path: place, message: text)
    }
}
