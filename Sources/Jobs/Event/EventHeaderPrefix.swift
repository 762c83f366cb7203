/// What the headers of a binary-mode event begin with, as the bindings in use spell it.
public enum EventHeaderPrefix: String, Sendable, CaseIterable {
    /// HTTP, and Knative's binding for RabbitMQ.
    case hyphen = "ce-"
    /// Kafka.
    case underscore = "ce_"
    /// AMQP 1.0, the form that JMS can read.
    case amqp = "cloudEvents_"
    /// AMQP 1.0, the older form.
    case amqpColon = "cloudEvents:"

    /// The attribute that a header names in lower case, if it begins with this prefix in any case.
    public func attribute(of header: String) -> String? {
        let name = header.lowercased()
        let prefix = rawValue.lowercased()
        guard name.hasPrefix(prefix) else { return nil }
        return String(name.dropFirst(prefix.count))
    }
}
