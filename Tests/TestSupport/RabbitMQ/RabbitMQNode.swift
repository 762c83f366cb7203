/// Where one broker lives: its names, ports and files, and how its programs are called.
struct RabbitMQNode: Sendable {
    let amqpPort: UInt16
    let folder: TemporaryFolder

    private let distributionPort: UInt16
    private let portMapperPort: UInt16
    private let name: String
    private let cookie = String(UInt64.random(in: 0...UInt64.max), radix: 36)

    init() throws {
        amqpPort = try FreePort.next()
        distributionPort = try FreePort.next()
        portMapperPort = try FreePort.next()
        name = "cacheworker\(amqpPort)@localhost"
        folder = try TemporaryFolder()
        try folder.write("", to: "rabbitmq-env.conf")
        try folder.write("[].", to: "enabled_plugins")
        try folder.write(
            """
            vm_memory_high_watermark.relative = 0.6
            disk_free_limit.absolute = 50MB
            log.console = false
            """,
            to: "rabbitmq.conf"
        )
    }

    var log: String { folder.read("broker.log") }

    /// The port mapper, in the foreground: the one that Erlang starts itself would be a daemon
    /// that outlives the tests.
    func launchPortMapper() throws -> ChildProcess {
        try ChildProcess("epmd", [], environment: environment)
    }

    /// The broker; its process becomes the Erlang machine itself, so that signals reach it.
    func launchBroker() throws -> ChildProcess {
        // The package's own script: the one in /usr/sbin insists on another user.
        let script = try Executable.find(
            "rabbitmq-server",
            in: ["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin"]
        )
        return try ChildProcess(script, [], environment: environment)
    }

    func evaluate(_ expressions: String) async throws -> String {
        // Two calls at a time under one name would get in each other's way.
        let caller = "test" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let answer = try await Command.output(
            of: "erl_call",
            ["-h", caller, "-sname", name, "-c", cookie, "-e"],
            environment: environment,
            input: expressions + ".\n"
        )
        let success = "{ok, "
        guard answer.hasPrefix(success) else {
            throw EvaluationFailure(expressions: expressions, answer: answer)
        }
        return String(answer.dropFirst(success.count).dropLast())
    }

    private var environment: [String: String] {
        [
            "HOME": folder.path,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": "\(portMapperPort)",
            "RABBITMQ_NODENAME": name,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": "\(amqpPort)",
            "RABBITMQ_DIST_PORT": "\(distributionPort)",
            "RABBITMQ_MNESIA_BASE": folder.file("mnesia"),
            "RABBITMQ_LOG_BASE": folder.path,
            "RABBITMQ_LOGS": folder.file("broker.log"),
            "RABBITMQ_PID_FILE": folder.file("pid"),
            "RABBITMQ_CONF_ENV_FILE": folder.file("rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": folder.file("rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": folder.file("advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder.file("enabled_plugins"),
            // Makes the start script replace itself by the Erlang machine.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-noinput -setcookie \(cookie) +sbwt none "
                + "-kernel inet_dist_use_interface {127,0,0,1}",
        ]
    }
}

/// The broker could not evaluate an Erlang expression of a test.
struct EvaluationFailure: Error, CustomStringConvertible {
    let expressions: String
    let answer: String

    var description: String { "\(expressions)\n\(answer)" }
}
