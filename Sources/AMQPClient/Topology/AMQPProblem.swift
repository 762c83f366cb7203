/// Something of the topology that is not as it should be; everything else works.
public struct AMQPProblem: Sendable, Hashable, CustomStringConvertible {
    /// What the problem is about.
    public enum Subject: Sendable, Hashable {
        case exchange(String)
        case queue(String)
        case binding(AMQPBinding)
        case consumer(queue: String)
        case publishing
    }

    /// What is not as it should be.
    public let subject: Subject
    /// What the broker said, or that it said nothing.
    public let error: AMQPError
    /// The argument or property that differs, where the broker names it.
    public let argument: String?

    init(_ subject: Subject, _ error: AMQPError) {
        self.subject = subject
        self.error = error
        argument = Self.argument(in: error)
    }

    /// A sentence with what to do.
    public var description: String {
        let hint =
            argument.map {
                "; '\($0)' differs from what exists: change the configuration, or delete and "
                    + "recreate it by hand"
            } ?? ""
        return "\(name): \(error)\(hint)"
    }

    private var name: String {
        switch subject {
        case .exchange(let name): "exchange '\(name)'"
        case .queue(let name): "queue '\(name)'"
        case .binding(let binding):
            "binding of \(binding.destination) to '\(binding.exchange)' by '\(binding.routingKey)'"
        case .consumer(let queue): "consumer of queue '\(queue)'"
        case .publishing: "channel for publishing"
        }
    }

    /// RabbitMQ says `inequivalent arg 'x-queue-type' for queue …`; other words name nothing.
    private static func argument(in error: AMQPError) -> String? {
        guard error.code == .preconditionFailed,
            let start = error.message.firstRange(of: "inequivalent arg '")
        else { return nil }
        let name = error.message[start.upperBound...].prefix { $0 != "'" }
        return name.isEmpty ? nil : String(name)
    }
}
