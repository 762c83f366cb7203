import Codecs
import HTTPServer

extension SchedulePause {
    private static let names = ["by", "reason"]

    /// Reads `{"by":"ada","reason":"migration"}`; both may be absent, and nothing at all, too.
    init(json: [UInt8]) throws(HTTPProblem) {
        guard !json.isEmpty else {
            self.init(by: nil, reason: "")
            return
        }
        let document: JSONDocument
        var reader = JSONReader()
        do throws(JSONError) {
            document = try reader.read(json)
        } catch {
            throw HTTPProblem(400, "schema", "the body is no JSON: \(error)")
        }
        guard document.kind(of: document.root) == .object else {
            throw HTTPProblem(400, "schema", "$ must be an object")
        }
        var texts: [String: String] = [:]
        for (key, value) in document.members(of: document.root) {
            let name = document.string(key) ?? ""
            guard Self.names.contains(name), let text = document.string(value) else {
                throw HTTPProblem(400, "schema", "$ may hold by and reason, both strings")
            }
            texts[name] = text
        }
        let by = texts["by"].flatMap { $0.isEmpty ? nil : $0 }
        self.init(by: by, reason: texts["reason"] ?? "")
    }
}
