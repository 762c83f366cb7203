public import Codecs

/// The one form of entries: in the configuration file, over HTTP, on the command line, in Redis.
extension ScheduleEntry {
    /// Reads an entry, a JSON object; a member that is not known is an error.
    public init(json: [UInt8], zones: any ZoneSource) throws(ScheduleEntryError) {
        var reader = JSONReader()
        let document: JSONDocument
        do throws(JSONError) {
            document = try reader.read(json)
        } catch {
            throw ScheduleEntryError(.json(error, root: "$"))
        }
        try self.init(document.root, in: document, zones: zones)
    }

    /// Reads an entry that stands at `path` of a document.
    public init(
        _ node: JSONNode,
        in document: JSONDocument,
        path: String = "$",
        zones: any ZoneSource
    ) throws(ScheduleEntryError) {
        let members = try EntryMembers(node, in: document, path: path)
        let name = try members.required("name", members.text)
        guard Self.isName(name) else {
            throw .schema("\(path).name", must: "\(Self.nameRule), not \"\(shortened(name))\"")
        }
        self.init(
            name: name,
            timing: try ScheduleTiming(members, for: name, zones),
            event: try members.required("event") { (node, path) throws(ScheduleEntryError) in
                try EventTemplate(Array(document.text(of: node)), path: path)
            }
        )
        transport = try members.optional("transport", members.word) ?? transport
        isEnabled = try members.optional("enabled", members.flag) ?? isEnabled
        jitter = try members.optional("jitter", members.seconds) ?? jitter
        catchUp = try members.optional("catchUp", members.catchUp) ?? catchUp
        overlap = try members.optional("overlap", members.word) ?? overlap
        runLimit = try members.optional("runLimit", members.seconds) ?? runLimit
        start = try members.optional("start", members.moment)
        end = try members.optional("end", members.moment)
        if let start, let end, end < start {
            throw .schema("\(path).end", must: "no earlier than \(path).start")
        }
    }

    /// The entry in its one form, always with the same text; what is as usual is left out.
    public var json: [UInt8] {
        var json = Array("{\"name\":".utf8)
        json.appendJSONString(name)
        timing.append(to: &json)
        json.append(contentsOf: ",\"event\":".utf8)
        json.append(contentsOf: event.json)
        let usual = ScheduleEntry(name: name, timing: timing, event: event)
        if transport != usual.transport { json.append("transport", text: transport.rawValue) }
        if !isEnabled { json.append("enabled", raw: "false") }
        if jitter != usual.jitter { json.append("jitter", raw: TimeToLive.seconds(jitter)) }
        if catchUp != usual.catchUp { catchUp.append(to: &json) }
        if overlap != usual.overlap { json.append("overlap", text: overlap.rawValue) }
        if runLimit != usual.runLimit { json.append("runLimit", raw: TimeToLive.seconds(runLimit)) }
        if let start { json.append("start", text: start.text) }
        if let end { json.append("end", text: end.text) }
        json.append(contentsOf: "}".utf8)
        return json
    }
}

extension ScheduleEntry.CatchUp {
    fileprivate func append(to json: inout [UInt8]) {
        switch self {
        case .none: json.append("catchUp", text: "none")
        case .last: json.append("catchUp", text: "last")
        case .all(let window, let cap):
            let members = "\"window\":\(TimeToLive.seconds(window)),\"cap\":\(cap)"
            json.append("catchUp", raw: "{\"policy\":\"all\",\(members)}")
        }
    }
}

extension [UInt8] {
    /// Appends a member behind others, its value JSON text.
    mutating func append(_ name: String, raw text: String) {
        append(contentsOf: ",\"\(name)\":\(text)".utf8)
    }

    /// Appends a member behind others, its value a string.
    mutating func append(_ name: String, text: String) {
        append(contentsOf: ",\"\(name)\":".utf8)
        appendJSONString(text)
    }
}
