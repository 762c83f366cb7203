/// How a message carries its event.
public enum EventMode: Sendable, Equatable {
    /// The body is the whole event.
    case structured
    /// The body is the event's data; its attributes are headers with this prefix.
    case binary(prefix: EventHeaderPrefix)

    /// The mode of a message with that content type and those headers.
    ///
    /// A message is in binary mode if a header names the event's type, unless the content type
    /// says that the body is a whole CloudEvent. Two prefixes in one binary message are an error,
    /// because nobody could say which attribute counts.
    public init(
        contentType: String?,
        headers: [(name: String, value: String)]
    ) throws(EventError) {
        self = .structured
        if headers.isEmpty { return }
        if let contentType, contentType.lowercased().hasPrefix("application/cloudevents") { return }
        var hasType = false
        var prefixes: [EventHeaderPrefix] = []
        for header in headers {
            for prefix in EventHeaderPrefix.allCases {
                guard let attribute = prefix.attribute(of: header.name) else { continue }
                hasType = hasType || attribute == EventAttribute.type.rawValue
                if !prefixes.contains(prefix) { prefixes.append(prefix) }
            }
        }
        guard hasType, let prefix = prefixes.first else { return }
        guard prefixes.count == 1 else {
            let found = prefixes.map(\.rawValue).joined(separator: " and ")
            throw EventError(
                .schema,
                path: "headers",
                message: "the headers of one event must share one prefix, not \(found)"
            )
        }
        self = .binary(prefix: prefix)
    }

    /// Whether data of that content type is JSON; without one it is.
    static func isJSON(contentType: String?) -> Bool {
        guard let contentType, !contentType.isEmpty else { return true }
        let mediaType = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        return mediaType.hasSuffix("/json") || mediaType.hasSuffix("+json")
    }
}
