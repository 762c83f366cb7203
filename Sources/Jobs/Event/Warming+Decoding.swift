import Codecs

extension Warming {
    init(_ data: JSONNode, in document: JSONDocument) throws(EventError) {
        try document.requireObject(data, "$.data")
        self.init()
        var load = LoadingMembers()
        for (key, value) in document.members(of: data) {
            switch document.string(key) {
            case "entries": entries = try Warming.entries(value, in: document)
            case "loader": load.loader = try document.name(value, "$.data.loader")
            case "keys": load.keys = try document.names(value, "$.data.keys")
            case "ttl": load.timeToLive = try document.timeToLive(value, "$.data.ttl")
            case "tags": load.tags = try document.names(value, "$.data.tags")
            case "ifAbsent": ifAbsent = try document.flag(value, "$.data.ifAbsent")
            default: continue
            }
        }
        loading = try load.loading()
        guard loading != nil || !entries.isEmpty else {
            throw EventError(
                .schema,
                path: "$.data",
                message: "$.data must hold entries, or a loader and its keys, or both"
            )
        }
    }

    private static func entries(
        _ node: JSONNode,
        in document: JSONDocument
    ) throws(EventError) -> [WarmEntry] {
        guard document.kind(of: node) == .array else {
            throw .wrongKind("$.data.entries", must: "an array", document.kind(of: node))
        }
        var entries: [WarmEntry] = []
        entries.reserveCapacity(document.count(of: node))
        for element in document.elements(of: node) {
            let path = "$.data.entries[\(entries.count)]"
            entries.append(try WarmEntry(element, path: path, in: document))
        }
        return entries
    }
}

extension WarmEntry {
    fileprivate init(
        _ node: JSONNode,
        path: String,
        in document: JSONDocument
    ) throws(EventError) {
        try document.requireObject(node, path)
        var name: String?
        var text: ArraySlice<UInt8>?
        var timeToLive: Duration?
        var tags: [String] = []
        for (key, member) in document.members(of: node) {
            switch document.string(key) {
            case "key": name = try document.name(member, "\(path).key")
            case "value": text = document.text(of: member)
            case "ttl": timeToLive = try document.timeToLive(member, "\(path).ttl")
            case "tags": tags = try document.names(member, "\(path).tags")
            default: continue
            }
        }
        guard let name else { throw .missing("\(path).key") }
        guard let text else { throw .missing("\(path).value") }
        self.init(key: name, value: Array(text), timeToLive: timeToLive, tags: tags)
    }
}

/// The members of a warming that belong to its loader and mean nothing without one.
private struct LoadingMembers {
    var loader: String?
    var keys: [String]?
    var timeToLive: Duration?
    var tags: [String]?

    func loading() throws(EventError) -> Loading? {
        guard let loader else {
            if keys != nil { throw .missing("$.data.loader", because: "$.data.keys is given") }
            if timeToLive != nil { throw .misplaced("$.data.ttl") }
            if tags != nil { throw .misplaced("$.data.tags") }
            return nil
        }
        guard let keys, !keys.isEmpty else {
            throw .schema("$.data.keys", must: "a non-empty array, since $.data.loader is given")
        }
        return Loading(loader: loader, keys: keys, timeToLive: timeToLive, tags: tags ?? [])
    }
}

extension EventError {
    fileprivate static func misplaced(_ path: String) -> EventError {
        EventError(
            .schema,
            path: path,
            message: "\(path) belongs to loader and keys: give each entry its own"
        )
    }
}
