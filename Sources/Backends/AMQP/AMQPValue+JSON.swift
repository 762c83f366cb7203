import AMQPClient
import Codecs

extension AMQPValue {
    /// The text of a string; nil for everything else.
    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value as JSON, for people: what JSON does not know becomes the nearest that it does.
    var jsonText: String {
        var json: [UInt8] = []
        append(to: &json)
        return String(decoding: json, as: UTF8.self)
    }

    private func append(to json: inout [UInt8]) {
        switch self {
        case .bool(let value): json += Array(value.description.utf8)
        case .integer(let value): json += Array(value.description.utf8)
        case .unsigned(let value): json += Array(value.description.utf8)
        case .double(let value):
            json += Array((value.isFinite ? value.description : "null").utf8)
        case .decimal(let scale, let value): json += Array("\(value)e-\(scale)".utf8)
        case .string(let value): json.appendJSONString(value)
        case .bytes(let value): json.appendJSONString(String(decoding: value, as: UTF8.self))
        case .timestamp(let seconds): json += Array(seconds.description.utf8)
        case .null: json += Array("null".utf8)
        case .array(let values):
            json.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                value.append(to: &json)
            }
            json.append(UInt8(ascii: "]"))
        case .table(let table):
            json.append(UInt8(ascii: "{"))
            for (index, member) in table.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                json.appendJSONString(member.key)
                json.append(UInt8(ascii: ":"))
                member.value.append(to: &json)
            }
            json.append(UInt8(ascii: "}"))
        }
    }
}
