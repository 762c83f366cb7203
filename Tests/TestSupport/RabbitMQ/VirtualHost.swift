/// A virtual host of one test, with a foreign AMQP client to look at it from outside.
public struct VirtualHost: Sendable {
    /// Its name, which needs no escaping in a URL.
    public let name: String
    /// The broker it lives in.
    public let server: RabbitMQServer

    /// The address for a client.
    public var url: String { "amqp://guest:guest@127.0.0.1:\(server.port)/\(name)" }

    /// Publishes one persistent message with amqp-publish, a client of another family.
    public func publish(
        _ body: String,
        to exchange: String,
        routingKey: String,
        contentType: String = "application/json",
        headers: [String] = []
    ) async throws {
        let arguments =
            ["-u", url, "-e", exchange, "-r", routingKey, "-C", contentType, "-p"]
            + headers.flatMap { ["-H", $0] }
        _ = try await Command.output(of: "amqp-publish", arguments, input: body)
    }

    /// Takes one message from a queue with amqp-get, acknowledging it; nil when it is empty.
    public func get(_ queue: String) async throws -> String? {
        let run = try await Command.run("amqp-get", ["-u", url, "-q", queue])
        switch run.exit {
        case .status(0): return run.output
        case .status(2): return nil
        default:
            throw CommandFailure(executable: "amqp-get", arguments: [url, queue], command: run)
        }
    }

    /// Declares a durable queue that the default exchange reaches by its name.
    public func declareQueue(_ queue: String, arguments: String = "[]") async throws {
        _ = try await server.evaluate(
            """
            {new, _} = rabbit_amqqueue:declare(\(resource(queue)), true, false,
                \(arguments), none, <<"guest">>)
            """
        )
    }

    /// What a queue holds now; nil when there is no such queue, or a quorum queue is still new.
    public func depth(of queue: String) async throws -> QueueDepth? {
        // A quorum queue's own statistics are five seconds old: its state machine is asked. At
        // first there is none, or one of an older version, whose records the broker cannot read.
        // The answer is a tuple, since a list of small numbers would be printed as a text.
        let answer = try await server.evaluate(
            """
            case rabbit_amqqueue:lookup(\(resource(queue))) of
                {error, not_found} -> none;
                {ok, Q} -> case amqqueue:get_type(Q) of
                    rabbit_quorum_queue ->
                        case ra:leader_query(amqqueue:get_pid(Q), fun rabbit_fifo:overview/1) of
                            {ok, {_, State}, _} ->
                                {maps:get(num_ready_messages, State),
                                    maps:get(num_checked_out, State),
                                    maps:get(num_consumers, State)};
                            _ -> none
                        end;
                    _ -> list_to_tuple([I || {_, I} <- rabbit_amqqueue:info(Q,
                        [messages_ready, messages_unacknowledged, consumers])])
                end
            end
            """
        )
        let numbers = answer.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        return QueueDepth(ready: numbers[0], unacknowledged: numbers[1], consumers: numbers[2])
    }

    /// Closes every client connection of this virtual host, as an operator does.
    public func closeConnections() async throws {
        _ = try await server.evaluate(
            """
            [rabbit_networking:close_connection(P, "closed by a test") ||
                [{pid, P}, {vhost, <<"\(name)">>}] <-
                    rabbit_networking:connection_info_all([pid, vhost])]
            """
        )
    }

    private func resource(_ queue: String) -> String {
        "rabbit_misc:r(<<\"\(name)\">>, queue, <<\"\(queue)\">>)"
    }
}

/// The messages and consumers of one queue.
public struct QueueDepth: Sendable, Equatable {
    /// Messages that wait for a consumer.
    public let ready: Int
    /// Messages that a consumer holds and has not settled.
    public let unacknowledged: Int
    /// Consumers of the queue.
    public let consumers: Int

    /// A depth to compare with.
    public init(ready: Int, unacknowledged: Int, consumers: Int) {
        self.ready = ready
        self.unacknowledged = unacknowledged
        self.consumers = consumers
    }
}

/// Runs a test in a new virtual host, of the shared broker unless another is given, and removes
/// it in every case.
public func withVirtualHost<Result>(
    on broker: RabbitMQServer? = nil,
    _ body: (VirtualHost) async throws -> Result
) async throws -> Result {
    let server = if let broker { broker } else { try await RabbitMQServer.shared() }
    let host = try await server.makeVirtualHost()
    do {
        let result = try await body(host)
        try await server.remove(host)
        return result
    } catch {
        // The test's own failure is the one to report.
        try? await server.remove(host)
        throw error
    }
}
