import Glibc
import Synchronization

/// A RabbitMQ broker of the tests: own node name, ports, folders and port mapper, on 127.0.0.1.
///
/// Starting takes about five seconds, so tests share one (`shared`) and each works in a virtual
/// host of its own (`withVirtualHost`, some 15 ms). A test that kills, stops or alarms the
/// broker starts a private one (`withRabbitMQ`).
public final class RabbitMQServer: Sendable {
    /// Tries to start on fresh ports when another process took one first.
    private static let maxStarts = 2
    /// How long a broker may take to accept connections on a busy machine.
    private static let startLimit = Duration.seconds(120)

    /// The AMQP port on 127.0.0.1, kept across restarts.
    public let port: UInt16

    private let node: RabbitMQNode
    private let portMapper: ChildProcess
    private let child: Mutex<ChildProcess>
    private let hostsMade = Mutex(0)

    private init(node: RabbitMQNode) throws {
        self.node = node
        port = node.amqpPort
        portMapper = try node.launchPortMapper()
        child = Mutex(try node.launchBroker())
    }

    /// The broker that all tests of this process share, started when it is first asked for.
    ///
    /// It ends with the process. Do not kill, pause or alarm it.
    public static func shared() async throws -> RabbitMQServer {
        try await SharedBroker.instance.get()
    }

    /// Starts a private broker and waits until it accepts connections.
    public static func start() async throws -> RabbitMQServer {
        for _ in 1..<maxStarts {
            if let server = try? await startOnce() { return server }
        }
        return try await startOnce()
    }

    /// The id of the process that serves now.
    public var processIdentifier: Int32 { child.withLock { $0.processIdentifier } }

    /// What the broker has logged.
    public var log: String { node.log }

    /// Makes a new virtual host, empty and open to the user `guest`.
    public func makeVirtualHost() async throws -> VirtualHost {
        let number = hostsMade.withLock { made in
            made += 1
            return made
        }
        let host = VirtualHost(name: "test-\(number)", server: self)
        _ = try await evaluate(
            """
            V = <<"\(host.name)">>, ok = rabbit_vhost:add(V, <<"guest">>), All = <<".*">>,
            rabbit_auth_backend_internal:set_permissions(<<"guest">>, V, All, All, All, <<"guest">>)
            """
        )
        return host
    }

    /// Removes a virtual host with all it holds; its connections are closed.
    public func remove(_ host: VirtualHost) async throws {
        _ = try await evaluate("rabbit_vhost:delete(<<\"\(host.name)\">>, <<\"guest\">>)")
    }

    /// Evaluates Erlang on the broker, a comma-separated list of expressions without the dot.
    ///
    /// - Returns: The value of the last one as Erlang prints it.
    public func evaluate(_ expressions: String) async throws -> String {
        try await node.evaluate(expressions)
    }

    /// Raises or clears the memory alarm, which blocks every publishing connection.
    public func setMemoryAlarm(_ isRaised: Bool) async throws {
        let call = isRaised ? "set_alarm({Alarm, []})" : "clear_alarm(Alarm)"
        _ = try await evaluate("Alarm = {resource_limit, memory, node()}, rabbit_alarm:\(call)")
    }

    /// Freezes the broker with SIGSTOP: connections stay open and nothing answers.
    public func pause() { child.withLock { $0.signal(SIGSTOP) } }

    /// Ends `pause`.
    public func resume() { child.withLock { $0.signal(SIGCONT) } }

    /// Ends the broker at once, as a crash does.
    ///
    /// A quorum queue needs some ten seconds after its declaration before this is a fair test.
    public func kill() async { await child.withLock { $0 }.kill() }

    /// Starts the broker again on the same ports and data, after ending it when it runs.
    public func restart() async throws {
        await kill()
        let next = try node.launchBroker()
        child.withLock { $0 = next }
        try await waitUntilReady()
    }

    /// Ends the broker and its port mapper and removes its files; twice is fine.
    public func stop() async {
        await kill()
        await portMapper.kill()
        node.folder.remove()
    }

    private static func startOnce() async throws -> RabbitMQServer {
        let server = try RabbitMQServer(node: RabbitMQNode())
        do {
            try await server.waitUntilReady()
        } catch {
            await server.stop()
            throw error
        }
        return server
    }

    private func waitUntilReady() async throws {
        let child = child.withLock { $0 }
        try await eventually("rabbitmq-server accepts", within: RabbitMQServer.startLimit) {
            guard child.isRunning && portMapper.isRunning else {
                throw ServerFailure(name: "rabbitmq-server", log: log + child.output + child.errors)
            }
            return FreePort.accepts(port)
        }
    }
}

/// Runs a test with a private broker and ends the broker in every case.
public func withRabbitMQ<Result>(
    _ body: (RabbitMQServer) async throws -> Result
) async throws -> Result {
    let server = try await RabbitMQServer.start()
    do {
        let result = try await body(server)
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}
