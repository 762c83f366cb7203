extension AMQPSession {
    /// Declares everything; what the broker refuses is reported, and the rest is declared.
    ///
    /// Throws only when the connection itself is lost.
    func declare(_ topology: AMQPTopology) async throws(AMQPError) -> [AMQPProblem] {
        var calls: [(AMQPProblem.Subject, ClientMethod)] = []
        calls += topology.exchanges.map { (.exchange($0.name), .exchangeDeclare($0)) }
        calls += topology.queues.map { (.queue($0.name), .queueDeclare($0)) }
        calls += topology.bindings.map { binding in
            switch binding.destination {
            case .queue: (.binding(binding), .queueBind(binding))
            case .exchange: (.binding(binding), .exchangeBind(binding))
            }
        }
        var problems: [AMQPProblem] = []
        for (subject, call) in calls {
            do throws(AMQPError) {
                _ = try await control(call)
            } catch {
                if let failure { throw failure }
                problems.append(AMQPProblem(subject, error))
            }
        }
        return problems
    }

    /// A call on the channel for declarations, which is opened anew after the broker closed it.
    func control(_ method: ClientMethod) async throws(AMQPError) -> ServerMethod {
        if let controlChannel { return try await call(method, on: controlChannel) }
        let opened = try await openChannel()
        guard let controlChannel else {
            controlChannel = opened
            return try await call(method, on: opened)
        }
        // Somebody else has opened one meanwhile.
        close(opened)
        return try await call(method, on: controlChannel)
    }
}
