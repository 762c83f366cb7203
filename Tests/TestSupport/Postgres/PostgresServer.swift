import Glibc
import Synchronization

/// A PostgreSQL server of the tests, on 127.0.0.1 and with its files in a temporary folder.
///
/// Tests share one (`shared`) and each works in a database of its own (`withDatabase`).
/// One that stops or kills the server starts a private one.
public final class PostgresServer: Sendable {
    /// How long a server may take to answer on a busy machine.
    private static let startLimit = Duration.seconds(120)
    /// PostgreSQL refuses to run as root; Debian's package brings this user.
    private static let user = "postgres"
    private static let instance = SharedServer()

    /// The port on 127.0.0.1, kept across restarts.
    public let port: UInt16

    private let folder: TemporaryFolder
    private let child: Mutex<ChildProcess>
    private let databasesMade = Mutex(0)

    private init(folder: TemporaryFolder, port: UInt16) throws {
        self.folder = folder
        self.port = port
        child = Mutex(try Self.launch(in: folder, port: port))
    }

    /// The server that all tests of this process share, started when it is first asked for.
    public static func shared() async throws -> PostgresServer { try await instance.get() }

    /// Makes a new cluster and starts its server.
    public static func start() async throws -> PostgresServer {
        let folder = try TemporaryFolder()
        // The server's own user has to get to its data.
        unsafe chmod(folder.path, 0o711)
        let data = folder.file("data")
        unsafe mkdir(data, 0o700)
        _ = try await Command.output(of: "chown", [user, data])
        let options = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        let call = try asUser("initdb", ["--username=\(user)", "--pgdata=\(data)"] + options)
        _ = try await Command.output(of: call[0], Array(call.dropFirst()))
        let server = try PostgresServer(folder: folder, port: FreePort.next())
        try await server.waitUntilReady()
        return server
    }

    /// Makes an empty database and returns its address.
    public func makeDatabase() async throws -> String {
        let number = databasesMade.withLock { made in
            made += 1
            return made
        }
        let name = "test_\(number)"
        _ = try await query("CREATE DATABASE \(name)", in: "postgres")
        return "postgres://\(Self.user)@127.0.0.1:\(port)/\(name)"
    }

    /// What PostgreSQL's own client says to a statement, one row a line.
    public func query(_ statement: String, in database: String) async throws -> String {
        let address = "postgres://\(Self.user)@127.0.0.1:\(port)/\(database)"
        return try await Command.output(of: "psql", [address, "-qAtXc", statement])
    }

    /// Freezes the server and its sessions: connections stay open and nothing answers.
    public func pause() async throws { try await signalAll("-STOP") }

    /// Ends `pause`.
    public func resume() async throws { try await signalAll("-CONT") }

    /// Ends the server at once, as a crash does.
    public func kill() async { await child.withLock { $0 }.kill() }

    /// Starts the server again on the same port and files.
    public func restart() async throws {
        await kill()
        let next = try Self.launch(in: folder, port: port)
        child.withLock { $0 = next }
        try await waitUntilReady()
    }

    /// Ends the server and removes its files; twice is fine.
    public func stop() async {
        await kill()
        folder.remove()
    }

    /// Each session is a process of its own, a child of the server.
    private func signalAll(_ signal: String) async throws {
        let parent = child.withLock { $0.processIdentifier }
        _ = try await Command.output(of: "kill", [signal, "\(parent)"])
        _ = try await Command.run("pkill", [signal, "-P", "\(parent)"])
    }

    private static func launch(in folder: TemporaryFolder, port: UInt16) throws -> ChildProcess {
        let settings = [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=", "fsync=off",
            "max_connections=200", "shared_buffers=16MB", "restart_after_crash=off",
        ]
        let arguments = ["-D", folder.file("data")] + settings.flatMap { ["-c", $0] }
        let call = try asUser("postgres", arguments)
        return try ChildProcess(call[0], Array(call.dropFirst()))
    }

    private static func asUser(_ program: String, _ arguments: [String]) throws -> [String] {
        let path = try Executable.find(program)
        guard getuid() == 0 else { return [path] + arguments }
        return ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "--", path]
            + arguments
    }

    private func waitUntilReady() async throws {
        let child = child.withLock { $0 }
        try await eventually("PostgreSQL answers", within: Self.startLimit) {
            guard child.isRunning else {
                throw ServerFailure(name: "postgres", log: child.errors)
            }
            return try await Command.run("pg_isready", ["-q", "-h", "127.0.0.1", "-p", "\(port)"])
                .exit == .status(0)
        }
    }

    /// Starts the shared server once, however many ask at the same time.
    private actor SharedServer {
        private var start: Task<PostgresServer, any Error>?

        func get() async throws -> PostgresServer {
            let start = start ?? Task { try await PostgresServer.start() }
            self.start = start
            return try await start.value
        }
    }
}
