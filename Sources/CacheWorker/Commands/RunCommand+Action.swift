import Glibc
import HTTPServer
import Jobs
import Synchronization
import Telemetry

extension RunCommand: CommandAction {
    func run() async -> ExitStatus {
        await CommandRunner.run(settings, isService: true) { assembly, log throws(StartError) in
            try await serve(assembly, log)
        }
    }

    private func serve(
        _ assembly: Assembly,
        _ log: LineLog
    ) async throws(StartError) -> ExitStatus {
        let localQueue = readsStandardInput ? InMemoryQueue() : nil
        guard readsStandardInput || !assembly.isEmbedded else {
            throw StartError(
                .configuration,
                "nothing to do: set REDIS_URL or AMQP_URL, or give --stdin"
            )
        }
        let signals = Signals.take([SIGTERM, SIGINT, SIGHUP])
        let (stop, stopping) = AsyncStream.makeStream(of: Void.self)
        let service = try Service(assembly, localQueue: localQueue, log: log) {
            log.flush()
            exit(ExitStatus.internalError.rawValue)
        }
        let http = try assembly.startHTTP(service.routes)
        defer { http?.stop() }
        let reload = Reload(
            settings: settings,
            current: assembly.configuration,
            log: log,
            apply: service.reload
        )
        let status = await withTaskExecutorPreference(assembly.loop) {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    var isStopping = false
                    for await signal in signals {
                        if signal == SIGHUP {
                            reload.perform()
                        } else if isStopping {
                            log.flush()
                            exit(128 + signal)
                        } else {
                            isStopping = true
                            stopping.yield()
                        }
                    }
                }
                group.addTask { await http?.run() }
                if let localQueue {
                    group.addTask { await feed(localQueue, assembly.configuration.maxEventBytes) }
                }
                defer { group.cancelAll() }
                return await service.run(until: stop, stopping)
            }
        }
        log.flush()
        return status
    }

    private func feed(_ queue: InMemoryQueue, _ maxEventBytes: Int) async {
        for await line in LineInput(descriptor: STDIN_FILENO, maxLineBytes: maxEventBytes + 1) {
            await queue.add(line.bytes)
        }
        queue.finish()
    }
}

/// Reads the configuration again; a wrong one changes nothing.
private final class Reload: Sendable {
    private let settings: SettingArguments
    private let log: LineLog
    private let current: Mutex<Configuration>
    private let apply: @Sendable (Configuration) -> Void

    init(
        settings: SettingArguments,
        current: Configuration,
        log: LineLog,
        apply: @escaping @Sendable (Configuration) -> Void
    ) {
        self.settings = settings
        self.log = log
        self.apply = apply
        self.current = Mutex(current)
    }

    func perform() {
        let logger = Logger(log)
        let new: Configuration
        do throws(ConfigurationError) {
            new = try Configuration.load(settings, on: .current)
        } catch {
            logger.error(
                "configuration not reloaded, the old one stays",
                ["error": .description(of: error)]
            )
            return
        }
        let changes = current.withLock { current in
            defer { current = new }
            return Configuration.changes(from: current, to: new)
        }
        log.level = new.logLevel
        apply(new)
        for change in changes {
            logger.info(
                "setting changed",
                [
                    "setting": .string(change.name),
                    "effect": .description(of: change.takesEffect),
                ]
            )
        }
        logger.info("configuration reloaded", ["changes": .integer(changes.count)])
    }
}
