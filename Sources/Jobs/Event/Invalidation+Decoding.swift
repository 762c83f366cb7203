import Codecs

extension Invalidation {
    init(_ data: JSONNode, in document: JSONDocument) throws(EventError) {
        try document.requireObject(data, "$.data")
        self.init()
        for (key, value) in document.members(of: data) {
            switch document.string(key) {
            case "keys": keys = try document.names(value, "$.data.keys")
            case "tags": tags = try document.names(value, "$.data.tags")
            case "patterns": patterns = try document.names(value, "$.data.patterns")
            case "namespaces": namespaces = try document.names(value, "$.data.namespaces")
            case "reason":
                guard let text = document.string(value) else {
                    throw .wrongKind("$.data.reason", must: "a string", document.kind(of: value))
                }
                reason = text
            default: continue
            }
        }
        guard !(keys.isEmpty && tags.isEmpty && patterns.isEmpty && namespaces.isEmpty) else {
            throw EventError(
                .schema,
                path: "$.data",
                message: "$.data must name at least one of keys, tags, patterns and namespaces"
            )
        }
    }
}
