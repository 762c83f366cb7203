import Codecs
import Jobs

extension DeadLetter {
    /// The letter as a JSON object, in one line: with its event if it is whole, else only with
    /// the first line of its error.
    func json(at now: WallTime, isWhole: Bool) -> [UInt8] {
        var json = Array("{".utf8)
        json.appendMember("id", id)
        json.appendMember("transport", transport.rawValue)
        json.appendMember("reason", failure.reason)
        json.appendMember("error", isWhole ? failure.error : failure.error.firstLine)
        json.appendMember("origin", failure.origin)
        json.appendMember("kind", kind?.rawValue)
        json.appendMember("type", eventType)
        json.appendMember("eventId", eventID)
        json.appendMember("attempts", literal: failure.attempts?.description)
        json.appendMember("failedAt", failure.failedAt?.text)
        let age = self.age(at: now)
        json.appendMember("ageSeconds", literal: age.map { "\($0.components.seconds)" })
        json.appendMember("bytes", literal: "\(byteCount)")
        if isWhole { appendWhole(to: &json) }
        json.append(UInt8(ascii: "}"))
        return json
    }

    private func appendWhole(to json: inout [UInt8]) {
        json.appendMember("contentType", delivery.contentType)
        for (name, list) in [("headers", delivery.headers), ("others", failure.others)]
        where !list.isEmpty {
            var object = Array("{".utf8)
            for header in list { object.appendMember(header.name, header.value) }
            json.appendMember(name, literal: String(decoding: object, as: UTF8.self) + "}")
        }
        json.appendMember("xDeath", literal: failure.brokerRecord)
        guard unreadByteCount == nil else { return }
        if let text = String(validating: delivery.body, as: UTF8.self) {
            json.appendMember("event", text)
        } else {
            json.appendMember("eventBase64", Base64.text(of: delivery.body))
        }
    }
}

extension String {
    /// The text up to its first line feed.
    var firstLine: String { String(prefix { !$0.isNewline }) }
}

extension Array where Element == UInt8 {
    /// Appends a member with a string; nothing when there is none.
    mutating func appendMember(_ name: String, _ text: String?) {
        guard let text else { return }
        beginMember(name)
        appendJSONString(text)
    }

    /// Appends a member with JSON text as it is; nothing when there is none.
    mutating func appendMember(_ name: String, literal text: String?) {
        guard let text else { return }
        beginMember(name)
        append(contentsOf: text.utf8)
    }

    private mutating func beginMember(_ name: String) {
        if last != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
        appendJSONString(name)
        append(UInt8(ascii: ":"))
    }
}
