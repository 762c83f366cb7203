/// Starts the shared broker once, however many tests ask for it at the same time.
actor SharedBroker {
    static let instance = SharedBroker()

    private var starting: Task<RabbitMQServer, any Error>?

    func get() async throws -> RabbitMQServer {
        let task = starting ?? Task { try await RabbitMQServer.start() }
        starting = task
        return try await task.value
    }
}
