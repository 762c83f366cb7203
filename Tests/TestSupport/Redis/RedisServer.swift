import Glibc
import Synchronization

/// A redis-server of its own for one test, on 127.0.0.1 and on a Unix socket.
///
/// It persists nothing unless its options say so, so that `kill` and `restart` give an empty one.
public final class RedisServer: Sendable {
    /// What differs from test to test.
    public struct Options: Sendable {
        /// Wanted from clients when given.
        public var password: String?
        /// Further lines of the configuration file, such as `maxmemory 10mb`.
        public var configuration: [String]

        /// The defaults: no password, nothing persistent.
        public init(password: String? = nil, configuration: [String] = []) {
            self.password = password
            self.configuration = configuration
        }
    }

    /// Tries to start on a fresh port when another process took it first.
    private static let maxStarts = 3
    /// How long a server may take to answer its first PING.
    private static let startLimit = Duration.seconds(60)

    /// The port on 127.0.0.1, kept across restarts.
    public let port: UInt16
    /// The password that clients need.
    public let password: String?

    private let folder: TemporaryFolder
    private let child: Mutex<ChildProcess>

    private init(port: UInt16, options: Options, folder: TemporaryFolder) throws {
        let lines = [
            "bind 127.0.0.1", "port \(port)", "unixsocket \(folder.file("redis.sock"))",
            "dir \(folder.path)", "save \"\"", "daemonize no", "loglevel notice",
        ]
        let password = options.password.map { ["requirepass \($0)"] } ?? []
        let text = (lines + password + options.configuration).joined(separator: "\n") + "\n"
        try folder.write(text, to: "redis.conf")
        self.port = port
        self.password = options.password
        self.folder = folder
        child = Mutex(try RedisServer.launch(in: folder))
    }

    /// Starts a server and waits until it answers.
    public static func start(_ options: Options = Options()) async throws -> RedisServer {
        for _ in 1..<maxStarts {
            if let server = try? await startOnce(options) { return server }
        }
        return try await startOnce(options)
    }

    /// The address of the server for a client, with the password if there is one.
    public var url: String { "redis://\(credentials)127.0.0.1:\(port)" }

    /// The address of its Unix socket.
    public var unixURL: String { "unix://\(credentials)\(unixPath)" }

    /// The path of its Unix socket.
    public var unixPath: String { folder.file("redis.sock") }

    /// The id of the process that serves now.
    public var processIdentifier: Int32 { child.withLock { $0.processIdentifier } }

    /// What the server has logged since it was last started.
    public var log: String { child.withLock { $0.output } }

    /// A connection that shares no code with our client.
    public func probe(limit: Duration = .seconds(60)) throws -> RedisProbe {
        try RedisProbe(port: port, password: password, limit: limit)
    }

    /// Freezes the server with SIGSTOP: connections stay open and nothing answers.
    public func pause() { child.withLock { $0.signal(SIGSTOP) } }

    /// Ends `pause`.
    public func resume() { child.withLock { $0.signal(SIGCONT) } }

    /// Ends the server at once, as a crash does; its port stays reserved for `restart`.
    public func kill() async { await child.withLock { $0 }.kill() }

    /// Starts the server again on the same port and folder, after ending it when it runs.
    public func restart() async throws {
        await kill()
        let next = try RedisServer.launch(in: folder)
        child.withLock { $0 = next }
        try await waitUntilReady()
    }

    /// Ends the server and removes its files; twice is fine.
    public func stop() async {
        await kill()
        folder.remove()
    }

    private var credentials: String { password.map { ":\($0)@" } ?? "" }

    private static func startOnce(_ options: Options) async throws -> RedisServer {
        let server = try RedisServer(
            port: FreePort.next(),
            options: options,
            folder: TemporaryFolder()
        )
        do {
            try await server.waitUntilReady()
        } catch {
            await server.stop()
            throw error
        }
        return server
    }

    private static func launch(in folder: TemporaryFolder) throws -> ChildProcess {
        try ChildProcess("redis-server", [folder.file("redis.conf")])
    }

    private func waitUntilReady() async throws {
        let child = child.withLock { $0 }
        try await eventually("redis-server answers", within: RedisServer.startLimit) {
            guard child.isRunning else { throw ServerFailure(name: "redis-server", log: log) }
            guard let probe = try? probe() else { return false }
            // It may still be loading its file, or the port may be another server's.
            guard let info = try? probe.command("INFO", "server").text else { return false }
            let lines = info.split(whereSeparator: \.isNewline)
            return lines.contains("process_id:\(child.processIdentifier)")
                && (try? probe.command("PING")) != nil
        }
    }
}

/// Runs a test with a Redis server of its own and ends the server in every case.
public func withRedis<Result>(
    _ options: RedisServer.Options = RedisServer.Options(),
    _ body: (RedisServer) async throws -> Result
) async throws -> Result {
    let server = try await RedisServer.start(options)
    do {
        let result = try await body(server)
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}
