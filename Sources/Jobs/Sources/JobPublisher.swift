/// Puts events where workers find them.
public protocol JobPublisher: Sendable {
    /// Returns when all events are stored durably; throws when any may not be.
    ///
    /// After an error some may be stored: publishing all of them again does no harm.
    func publish(_ events: [Event]) async throws(SourceError)
}
