import Jobs
import Telemetry

extension DeadCommand: CommandAction {
    func run() async -> ExitStatus {
        await CommandRunner.run(settings) { assembly, log throws(StartError) in
            // That a command connects is no news.
            if log.level == .info { log.level = .warning }
            let desk = DeadLetterDesk(
                stores: try stores(assembly),
                limits: EventLimits(maxEventBytes: assembly.configuration.maxEventBytes),
                now: WallTime.now(),
                isJSON: isJSON
            )
            do throws(DeadLetterError) {
                return switch action {
                case .list(let filter, let limit): try await desk.list(filter, limit: limit)
                case .show(let id, let isRaw): try await desk.show(id, isRaw: isRaw)
                case .requeue(let requeueing): try await desk.requeue(requeueing)
                case .purge(let purge): try await desk.purge(purge)
                }
            } catch {
                throw StartError(error.exitStatus, error.message)
            }
        }
    }

    private func stores(_ assembly: Assembly) throws(StartError) -> [any DeadLetterStore] {
        let stores = assembly.deadLetterStores()
        switch transport {
        case .stream:
            guard stores.contains(where: { $0.transport == .stream }) else {
                throw .missing("REDIS_URL", "--from stream")
            }
        case .amqp:
            guard stores.contains(where: { $0.transport == .amqp }) else {
                throw .missing("AMQP_URL", "--from amqp")
            }
        case .memory, nil:
            guard !stores.isEmpty else { throw .missing("REDIS_URL or AMQP_URL", "dead") }
        }
        return stores.filter { transport == nil || $0.transport == transport }
    }
}

extension DeadLetterError {
    fileprivate var exitStatus: ExitStatus {
        switch code {
        case .unavailable: .unavailable
        case .refused: .configuration
        case .notWritten: .tryAgain
        }
    }
}
