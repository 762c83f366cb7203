/// Hears what caches do, to measure them.
///
/// It is told on the way of the call itself, from any task: it has to be quick, and must not wait.
public protocol CacheObserver: Sendable {
    /// Something has happened just now.
    func observe(_ event: CacheEvent)
}
