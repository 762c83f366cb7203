import EventLoop

/// One attempt to connect.
///
/// A connector suspends and a link must not, so the attempt is a task; and it is an actor of the
/// loop, so that a concurrency pool full of other work cannot hold a reconnect up.
actor LinkAttempt: LoopConfined {
    nonisolated let loop: EventLoop

    init(on loop: EventLoop) { self.loop = loop }

    /// Connects and calls `finish` on the loop, once.
    func begin(
        to endpoint: Endpoint,
        within timeout: Duration,
        with connector: any Connector,
        finish: @escaping @Sendable (Result<any Transport, TransportError>) -> Void
    ) {
        Task {
            do throws(TransportError) {
                let transport = try await connector.connect(to: endpoint, within: timeout, on: loop)
                finish(.success(transport))
            } catch {
                finish(.failure(error))
            }
        }
    }
}
