import Codecs

/// An event's attributes while they are gathered from JSON members or headers.
struct EventAttributes {
    /// The type that nearly every event has: recognised without making a string of it.
    private static let commonType = "cache.invalidate"

    private var type: String?
    private var id: String?
    private var source: String?
    private var subject: String?
    private var time: String?
    private var traceparent: String?
    private var notBefore: WallTime?
    private var expiresAt: WallTime?

    /// Takes an attribute from a JSON member.
    mutating func set(
        _ attribute: EventAttribute,
        to node: JSONNode,
        in document: JSONDocument
    ) throws(EventError) {
        if attribute == .type, document.isString(node, EventAttributes.commonType) {
            type = EventAttributes.commonType
        } else {
            let value = try document.name(node, "$.\(attribute.rawValue)")
            try set(attribute, to: value, path: "$.\(attribute.rawValue)")
        }
    }

    /// Takes an attribute from a header; `path` names the place it stood in.
    mutating func set(
        _ attribute: EventAttribute,
        to value: String,
        path: @autoclosure () -> String
    ) throws(EventError) {
        guard !value.isEmpty, !value.utf8.contains(0) else {
            throw .schema(path(), must: "a non-empty string without U+0000")
        }
        switch attribute {
        case .type: type = value
        case .id: id = value
        case .source: source = value
        case .subject: subject = value
        case .traceparent: traceparent = value
        case .specversion:
            guard value == "1.0" else {
                throw .schema(path(), must: "\"1.0\", not \"\(shortened(value))\"")
            }
        case .time:
            _ = try moment(value, path())
            time = value
        case .notbefore: notBefore = try moment(value, path())
        case .expiresat: expiresAt = try moment(value, path())
        }
    }

    private func moment(_ value: String, _ path: String) throws(EventError) -> WallTime {
        guard let moment = RFC3339.moment(value) else {
            let rule = "an RFC 3339 timestamp such as 2026-11-20T09:00:00Z"
            throw .schema(path, must: "\(rule), not \"\(shortened(value))\"")
        }
        return moment
    }

    /// The event that has these attributes and that data.
    func event(
        typePath: @autoclosure () -> String,
        data: JSONNode,
        in document: JSONDocument
    ) throws(EventError) -> Event {
        guard let type else {
            throw .missing(typePath())
        }
        let job = try Job(type: type, typePath: typePath(), data: data, in: document)
        return Event(
            id: id,
            source: source,
            subject: subject,
            time: time,
            traceparent: traceparent,
            notBefore: notBefore,
            expiresAt: expiresAt,
            job: job
        )
    }
}

/// As much of a wrong value as a message shows.
func shortened(_ value: String) -> String {
    let limit = 60
    return value.utf8.count <= limit ? value : "\(value.prefix(limit))…"
}
