/// A store that is not on the server of the log, so that it may lose what it had without the log
/// telling of it: a fail-over, a restart, a flush.
public protocol StoreLife: Sendable {
    /// The name of its present life: where that is another one, it may not have what it had.
    func life() async throws(StoreError) -> String
}
