import Codecs

extension Event {
    /// The event in structured mode, as ``EventDecoder`` reads it back.
    ///
    /// The JSON texts that it carries (values, parameters, arguments) are written as they are.
    public func encoded() -> [UInt8] {
        var json = Array("{\"specversion\":\"1.0\"".utf8)
        let attributes = [
            ("id", id), ("source", source), ("type", job.type), ("subject", subject),
            ("time", time), ("traceparent", traceparent),
            ("notbefore", notBefore?.text), ("expiresat", expiresAt?.text),
        ]
        for case (let name, let value?) in attributes {
            json.append(contentsOf: ",\"\(name)\":".utf8)
            json.appendJSONString(value)
        }
        json.append(contentsOf: ",\"data\":".utf8)
        job.appendData(to: &json)
        json.append(contentsOf: "}".utf8)
        return json
    }
}

extension Job {
    fileprivate func appendData(to json: inout [UInt8]) {
        switch self {
        case .invalidate(let invalidation): invalidation.append(to: &json)
        case .warm(let warming): warming.append(to: &json)
        case .cleanup(let cleanup): json.append(contentsOf: cleanup.parameters)
        case .task(let call): json.append(contentsOf: call.arguments)
        }
    }
}

extension Invalidation {
    fileprivate func append(to json: inout [UInt8]) {
        var object = ObjectWriting()
        object.append("keys", keys, to: &json)
        object.append("tags", tags, to: &json)
        object.append("patterns", patterns, to: &json)
        object.append("namespaces", namespaces, to: &json)
        if let reason {
            object.begin("reason", &json)
            json.appendJSONString(reason)
        }
        object.end(&json)
    }
}

extension Warming {
    fileprivate func append(to json: inout [UInt8]) {
        var object = ObjectWriting()
        if !entries.isEmpty {
            object.begin("entries", &json)
            for (index, entry) in entries.enumerated() {
                json.append(contentsOf: (index == 0 ? "[" : ",").utf8)
                entry.append(to: &json)
            }
            json.append(contentsOf: "]".utf8)
        }
        if let loading {
            object.begin("loader", &json)
            json.appendJSONString(loading.loader)
            object.append("keys", loading.keys, to: &json)
            object.append("ttl", loading.timeToLive, to: &json)
            object.append("tags", loading.tags, to: &json)
        }
        if ifAbsent {
            object.begin("ifAbsent", &json)
            json.append(contentsOf: "true".utf8)
        }
        object.end(&json)
    }
}

extension WarmEntry {
    fileprivate func append(to json: inout [UInt8]) {
        var object = ObjectWriting()
        object.begin("key", &json)
        json.appendJSONString(key)
        object.begin("value", &json)
        json.append(contentsOf: value)
        object.append("ttl", timeToLive, to: &json)
        object.append("tags", tags, to: &json)
        object.end(&json)
    }
}

/// Writes the members of one object; what is empty or nil is left out.
private struct ObjectWriting {
    private var isEmpty = true

    mutating func begin(_ name: String, _ json: inout [UInt8]) {
        json.append(contentsOf: (isEmpty ? "{" : ",").utf8)
        json.appendJSONString(name)
        json.append(contentsOf: ":".utf8)
        isEmpty = false
    }

    mutating func append(_ name: String, _ strings: [String], to json: inout [UInt8]) {
        if strings.isEmpty { return }
        begin(name, &json)
        json.appendJSONArray(strings)
    }

    mutating func append(_ name: String, _ duration: Duration?, to json: inout [UInt8]) {
        guard let duration else { return }
        begin(name, &json)
        json.append(contentsOf: TimeToLive.seconds(duration).utf8)
    }

    func end(_ json: inout [UInt8]) {
        json.append(contentsOf: (isEmpty ? "{}" : "}").utf8)
    }
}
