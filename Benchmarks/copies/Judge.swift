import EventLoop
import RedisClient

/// Looks at the store without pause, takes the records of all nodes, and judges their reads.
///
/// `SLOTS`, `KEYS`, `BOUND` (milliseconds), `PIPES` (a folder) and `PORT` are its settings.
/// Commands on standard input, each answered with a line:
///
///     server PORT              the store is that of another server from now on
///     away                     the store is not looked at until there is a `server`
///     evicting on|off          what is gone was evicted
///     allow SLOT FROM TO MS    copies of that node may be so old between the two times
///     report                   what was found
actor Judge: LoopConfined {
    private static let pause = Duration.milliseconds(2)
    private static let readLength = 100 * Record.wordCount

    nonisolated let loop: EventLoop
    private let keys: [String]
    private let pipes: [Descriptor]
    private var input = CommandInput()
    private var verdicts: Verdicts
    private var connection: RedisConnection?
    private var generation: UInt64 = 0

    init(on loop: EventLoop) throws {
        self.loop = loop
        let keyCount = number("KEYS")
        keys = (0..<keyCount).map(Node.name)
        let folder = variable("PIPES") ?? "."
        pipes = try (0..<number("SLOTS"))
            .map {
                try Descriptor(pipe: "\(folder)/\($0).pipe", isForReading: true)
            }
        verdicts = Verdicts(
            keyCount: keyCount,
            bound: UInt64(number("BOUND")) * 1_000_000,
            isOrderedByLog: variable("SPLIT") == nil
        )
    }

    func run() async {
        connect(to: number("PORT"))
        await withDiscardingTaskGroup { group in
            group.addTask { await self.listen() }
            await look()
        }
    }

    private func connect(to port: Int) {
        var configuration = RedisConfiguration(
            endpoint: .tcp(host: "127.0.0.1", port: UInt16(port))
        )
        // A server that stands still has not changed anything: that is no break.
        configuration.commandTimeout = .seconds(60)
        configuration.backoff = ReconnectBackoff(
            base: .milliseconds(5),
            cap: .milliseconds(20),
            hopelessCap: .milliseconds(50)
        )
        connection = RedisConnection(configuration, on: loop)
        verdicts.truth.broke(at: monotonicNow())
        generation = 0
    }

    // MARK: The store

    private func look() async {
        while !Task.isCancelled {
            if let connection { await look(over: connection) }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func look(over connection: RedisConnection) async {
        var command = RedisCommand("MGET")
        command.append(contentsOf: keys)
        let asked = monotonicNow()
        do throws(RedisError) {
            let reply = try await connection.execute(command)
            let answered = monotonicNow()
            let present = await connection.generation
            guard connection === self.connection else { return }
            if present != generation { verdicts.truth.broke(at: asked) }
            generation = present
            takeRecords()
            let values = keys.indices.map { reply[$0]?.string.flatMap(Node.value) }
            verdicts.truth.saw(values, asked: asked, answered: answered)
            verdicts.findings.looks += 1
            verdicts.findings.longestLook = max(verdicts.findings.longestLook, answered - asked)
            verdicts.judge()
        } catch {
            guard connection === self.connection else { return }
            verdicts.truth.broke(at: monotonicNow())
        }
    }

    // MARK: Nodes and commands

    private func listen() async {
        while !Task.isCancelled {
            takeRecords()
            for command in input.lines() { answer(reply(to: command)) }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func takeRecords() {
        for pipe in pipes {
            var words: [UInt64]
            repeat {
                words = pipe.read(upTo: Self.readLength)
                for start in stride(from: 0, to: words.count, by: Record.wordCount) {
                    let end = min(words.count, start + Record.wordCount)
                    if let record = Record(words: words[start..<end]) {
                        verdicts.take(record)
                    } else {
                        verdicts.findings.unreadable += 1
                    }
                }
            } while words.count == Self.readLength
        }
    }

    private func reply(to command: [Substring]) -> String {
        let numbers = command.dropFirst().compactMap { UInt64($0) }
        switch (command.first, numbers.count) {
        case ("server", 1): connect(to: Int(numbers[0]))
        case ("away", 0):
            connection = nil
            verdicts.truth.broke(at: monotonicNow())
        case ("evicting", 0): verdicts.truth.isEvicting = command.last == "on"
        case ("allow", 4):
            verdicts.exceptions.append(
                Verdicts.Exception(
                    slot: Int(numbers[0]),
                    start: numbers[1],
                    end: numbers[2],
                    bound: numbers[3] * 1_000_000
                )
            )
        case ("report", 0): return verdicts.findings.report(verdicts.statistics)
        default: return "unknown"
        }
        return "done"
    }
}
