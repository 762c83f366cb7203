import Codecs
import TestSupport
import Testing

/// Servers with dead letters in them, and the program to see to them.
struct DeadDeployment {
    let redis: RedisServer
    let broker: VirtualHost?
    let probe: RedisProbe
    let folder: TemporaryFolder

    /// An event that breaks the schema, and one that keeps it and dies all the same.
    static let broken = #"{"id":"b1","type":"cache.invalidate","data":{"keys":[7]}}"#
    static let doomed = #"{"id":"d1","type":"cache.cleanup","data":{"task":"no-such-task"}}"#

    static func run(
        withBroker: Bool = false,
        _ body: (DeadDeployment) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await withRedis { redis in
            let probe = try redis.probe()
            guard withBroker else {
                return try await body(
                    DeadDeployment(redis: redis, broker: nil, probe: probe, folder: folder)
                )
            }
            try await withVirtualHost { host in
                try await body(
                    DeadDeployment(redis: redis, broker: host, probe: probe, folder: folder)
                )
            }
        }
    }

    private var environment: [String: String] {
        ["REDIS_URL": redis.url, "LOG_LEVEL": "warning"]
            .merging(broker.map { ["AMQP_URL": $0.url] } ?? [:]) { $1 }
    }

    /// Runs `cacheworker dead` with these arguments.
    func dead(_ arguments: String..., input: String? = nil) async throws -> Command {
        try await Command.run(
            try Executable.built("cacheworker"),
            ["dead"] + arguments,
            environment: environment,
            input: input
        )
    }

    /// Lets a worker run while `body` does, and drains it.
    func working(_ body: () async throws -> Void) async throws {
        let worker = try ChildProcess(
            try Executable.built("cacheworker"),
            ["run"],
            environment: environment
        )
        do {
            // The last queue has its consumer when all is declared.
            if broker != nil {
                try await eventually("the worker consumes") {
                    await depth(of: "cache.task")?.consumers == 1
                }
            }
            try await body()
        } catch {
            await worker.kill()
            throw error
        }
        worker.signal(15)
        let exit = await worker.waitForExit()
        #expect(exit == .status(0))
    }

    /// Adds a job to a stream.
    func add(_ event: String, kind: String = "invalidate") throws {
        try probe.command("XADD", "{cw}:jobs:\(kind)", "*", "event", event)
    }

    /// Adds a letter to the stream of dead letters and returns its id.
    @discardableResult
    func bury(
        _ event: String,
        id: String = "*",
        reason: String = "schema",
        error: String = "$.data is required"
    ) throws -> String {
        let letter = [
            "event", event, "reason", reason, "error", error,
            "origin", "{cw}:jobs:invalidate 5-0", "attempts", "3",
        ]
        return try probe.command(["XADD", "{cw}:jobs:dead", id] + letter).text ?? ""
    }

    /// How many letters the stream holds.
    func streamLetters() throws -> Int {
        try probe.command("XLEN", "{cw}:jobs:dead").integer ?? 0
    }

    /// The events of a stream, oldest first.
    func events(of stream: String) throws -> [String] {
        try probe.command("XRANGE", "{cw}:jobs:\(stream)", "-", "+").elements
            .compactMap { $0.elements.last?.texts.dropFirst().first }
    }

    /// Waits until the queue of dead letters holds so many, and nobody holds any.
    func waitForQueueLetters(_ count: Int) async throws {
        let letters = QueueDepth(ready: count, unacknowledged: 0, consumers: 0)
        try await eventually("the queue holds \(count) letters") {
            await depth(of: "cache.dead") == letters
        }
    }

    /// What a queue holds; nil while there is none that could say.
    private func depth(of queue: String) async -> QueueDepth? {
        try? await broker?.depth(of: queue)
    }
}

/// A JSON object as texts, for comparing.
struct JSONObject {
    private let document: JSONDocument
    private let node: JSONNode

    /// Reads an array of objects.
    static func list(_ text: String) throws -> [JSONObject] {
        var reader = JSONReader()
        let document = try reader.read(Array(text.utf8))
        return document.elements(of: document.root).map { JSONObject(document: document, node: $0) }
    }

    /// Reads one object.
    static func one(_ text: some StringProtocol) throws -> JSONObject {
        var reader = JSONReader()
        let document = try reader.read(Array(text.utf8))
        return JSONObject(document: document, node: document.root)
    }

    /// The content of a string, else the JSON text; nil when there is no such member.
    subscript(name: String) -> String? {
        guard let member = document.member(name, of: node) else { return nil }
        return document.string(member)
            ?? String(decoding: document.text(of: member), as: UTF8.self)
    }
}
