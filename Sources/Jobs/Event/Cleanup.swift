import Codecs

/// A tidying task with its parameters.
public struct Cleanup: Sendable, Equatable {
    /// The task's name; whether there is such a task is for the handler to say.
    public var task: String
    /// The event's `data` as JSON text, the member `task` included.
    public var parameters: [UInt8]

    /// A cleanup whose `data` is the JSON object `parameters`, which holds the member `task`.
    public init(task: String, parameters: [UInt8]) {
        self.task = task
        self.parameters = parameters
    }

    /// A cleanup without parameters.
    public init(task: String) {
        var parameters = Array("{\"task\":".utf8)
        parameters.appendJSONString(task)
        parameters.append(contentsOf: "}".utf8)
        self.init(task: task, parameters: parameters)
    }
}
