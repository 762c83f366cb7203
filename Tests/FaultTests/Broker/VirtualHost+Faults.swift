import TestSupport

/// What an operator can do to one virtual host.
extension VirtualHost {
    private var binary: String { "<<\"\(name)\">>" }

    private func resource(_ kind: String, _ name: String) -> String {
        "rabbit_misc:r(\(binary), \(kind), <<\"\(name)\">>)"
    }

    /// Declares a queue that no restart survives.
    func declareTransientQueue(_ queue: String) async throws {
        _ = try await server.evaluate(
            """
            {new, _} = rabbit_amqqueue:declare(\(resource("queue", queue)), false, false, [],
                none, <<"guest">>)
            """
        )
    }

    func deleteExchange(_ exchange: String) async throws {
        _ = try await server.evaluate(
            "rabbit_exchange:delete(\(resource("exchange", exchange)), false, <<\"guest\">>)"
        )
    }

    func deleteQueue(_ queue: String) async throws {
        _ = try await server.evaluate(
            """
            {ok, Q} = rabbit_amqqueue:lookup(\(resource("queue", queue))),
            rabbit_amqqueue:delete(Q, false, false, <<"guest">>)
            """
        )
    }

    /// Lets a queue refuse messages while it holds so many.
    func limitLength(of queue: String, to length: Int) async throws {
        let definition = #"{\"max-length\":\#(length),\"overflow\":\"reject-publish\"}"#
        _ = try await server.evaluate(
            """
            ok = rabbit_policy:parse_set(\(binary), <<"full">>, <<"^\(queue)$">>,
                <<"\(definition)">>, <<"1">>, <<"queues">>, <<"guest">>)
            """
        )
    }

    /// What the user of all tests may do here: everything or nothing.
    func permit(_ isPermitted: Bool) async throws {
        let pattern = isPermitted ? ".*" : "^$"
        _ = try await server.evaluate(
            """
            P = <<"\(pattern)">>,
            rabbit_auth_backend_internal:set_permissions(<<"guest">>, \(binary), P, P, P,
                <<"guest">>)
            """
        )
    }

    /// How many connections there may be here; nil: any number.
    func limitConnections(_ count: Int?) async throws {
        _ = try await server.evaluate(
            """
            ok = rabbit_vhost_limit:parse_set(\(binary),
                <<"{\\"max-connections\\": \(count ?? -1)}">>, <<"guest">>)
            """
        )
    }

    /// Waits until nobody has to do anything with a queue any more.
    func emptied(_ queue: String) async throws {
        try await eventually("\(queue) is empty") {
            guard let depth = try? await depth(of: queue) else { return false }
            return depth.ready == 0 && depth.unacknowledged == 0
        }
    }
}
