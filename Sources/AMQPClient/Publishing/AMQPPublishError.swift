/// Some messages of a `publish` call were not confirmed; those not named here were.
public struct AMQPPublishError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What became of one message.
    public struct Failure: Sendable, Hashable {
        /// The position in the list that was to be published.
        public let index: Int
        /// Why it was not confirmed.
        public let error: AMQPError
    }

    /// At least one, in ascending order of `index`.
    public let failures: [Failure]
    /// How many messages the call was to publish.
    public let messageCount: Int

    /// Whether publishing all failed messages again may succeed.
    public var isRetriable: Bool { failures.allSatisfy(\.error.isRetriable) }

    /// How many failed, and why the first did.
    public var description: String {
        let first = failures.first.map { "; message \($0.index): \($0.error)" } ?? ""
        return "\(failures.count) of \(messageCount) messages were not confirmed\(first)"
    }
}
