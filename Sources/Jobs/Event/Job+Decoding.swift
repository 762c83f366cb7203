import Codecs

extension Job {
    /// Reads `data` as the event type `type` wants it.
    init(
        type: String,
        typePath: @autoclosure () -> String,
        data: JSONNode,
        in document: JSONDocument
    ) throws(EventError) {
        switch type {
        case "cache.invalidate": self = .invalidate(try Invalidation(data, in: document))
        case "cache.warm": self = .warm(try Warming(data, in: document))
        case "cache.cleanup": self = .cleanup(try Cleanup(data, in: document))
        default:
            guard type.hasPrefix(Job.taskPrefix), type.utf8.count > Job.taskPrefix.utf8.count else {
                let known = "cache.invalidate, cache.warm, cache.cleanup or task.NAME"
                throw EventError(
                    .unknownType,
                    path: typePath(),
                    message: "\(typePath()) must be \(known), not \"\(shortened(type))\""
                )
            }
            let name = String(type.dropFirst(Job.taskPrefix.count))
            self = .task(TaskCall(name: name, arguments: Array(document.text(of: data))))
        }
    }
}

extension Cleanup {
    fileprivate init(_ data: JSONNode, in document: JSONDocument) throws(EventError) {
        try document.requireObject(data, "$.data")
        guard let task = document.member("task", of: data) else {
            throw .missing("$.data.task")
        }
        self.init(
            task: try document.name(task, "$.data.task"),
            parameters: Array(document.text(of: data))
        )
    }
}
