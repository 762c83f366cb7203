import Codecs

/// Turns the bytes of a message into an ``Event``, or says why they are none.
///
/// Everything that the contract asks of an event is checked here, so that nothing behind this type
/// has to doubt one. Attributes and members that the contract does not name are ignored. A decoder
/// keeps its buffers from one event to the next: use one for many events, on one task at a time.
public struct EventDecoder: Sendable {
    private let limits: EventLimits
    private var reader: JSONReader
    private var dataReader: JSONReader

    /// A decoder that refuses what goes beyond `limits`.
    public init(limits: EventLimits = EventLimits()) {
        self.limits = limits
        reader = JSONReader(maxDepth: limits.maxDepth)
        // Data that travels alone is one level inside the event that it belongs to.
        dataReader = JSONReader(maxDepth: limits.maxDepth - 1)
    }

    /// Reads an event in structured mode: one JSON object that holds attributes and data.
    public mutating func decode(_ bytes: ArraySlice<UInt8>) throws(EventError) -> Event {
        try checkSize(bytes.count)
        let document: JSONDocument
        do throws(JSONError) {
            document = try reader.read(bytes)
        } catch {
            throw .json(error, root: "$")
        }
        guard document.kind(of: document.root) == .object else {
            throw .wrongKind("$", must: "an object", document.kind(of: document.root))
        }
        var attributes = EventAttributes()
        var data: JSONNode?
        for (key, value) in document.members(of: document.root) {
            guard let name = document.string(key) else { continue }
            if name == "data" {
                data = value
            } else if name == "data_base64" {
                throw EventError(
                    .schema,
                    path: "$.data_base64",
                    message: "$.data_base64 is not understood: data must be JSON in $.data"
                )
            } else if let attribute = EventAttribute(rawValue: name),
                document.kind(of: value) != .null
            {
                // CloudEvents: an attribute that is null is one that is absent.
                try attributes.set(attribute, to: value, in: document)
            }
        }
        guard let data else {
            throw .missing("$.data")
        }
        return try attributes.event(typePath: "$.type", data: data, in: document)
    }

    /// Reads an event in binary mode: attributes in headers, the body is the data.
    ///
    /// Headers that do not begin with `prefix` are none of the event's.
    public mutating func decode(
        data: ArraySlice<UInt8>,
        contentType: String?,
        prefix: EventHeaderPrefix,
        headers: [(name: String, value: String)]
    ) throws(EventError) -> Event {
        guard EventMode.isJSON(contentType: contentType) else {
            throw .schema(
                "content-type",
                must: "application/json, not \"\(shortened(contentType ?? ""))\""
            )
        }
        var attributes = EventAttributes()
        var bytes = data.count
        for header in headers {
            guard let name = prefix.attribute(of: header.name) else { continue }
            bytes += header.name.utf8.count + header.value.utf8.count
            guard let attribute = EventAttribute(rawValue: name) else { continue }
            try attributes.set(attribute, to: header.value, path: header.name)
        }
        try checkSize(bytes)
        let document: JSONDocument
        do throws(JSONError) {
            document = try dataReader.read(data)
        } catch {
            throw .json(error, root: "$.data")
        }
        return try attributes.event(
            typePath: prefix.rawValue + "type",
            data: document.root,
            in: document
        )
    }

    /// Reads an event in whichever mode content type and headers say it has.
    public mutating func decode(
        body: ArraySlice<UInt8>,
        contentType: String?,
        headers: [(name: String, value: String)]
    ) throws(EventError) -> Event {
        switch try EventMode(contentType: contentType, headers: headers) {
        case .structured:
            try decode(body)
        case .binary(let prefix):
            try decode(data: body, contentType: contentType, prefix: prefix, headers: headers)
        }
    }

    private func checkSize(_ bytes: Int) throws(EventError) {
        guard bytes <= limits.maxEventBytes else {
            throw EventError(
                .tooLarge,
                path: "$",
                message: "the event has \(bytes) bytes, more than \(limits.maxEventBytes)"
            )
        }
    }
}
