import Codecs
import Glibc
import Jobs

extension ScheduleCommand: CommandAction {
    func run() async -> ExitStatus {
        if case .forecast(let forecast) = action { return tell(forecast) }
        return await CommandRunner.run(settings) { assembly, log throws(StartError) in
            // That a command connects is no news.
            if log.level == .info { log.level = .warning }
            guard let store = assembly.scheduleStore() else {
                throw .missing("REDIS_URL", "the schedule")
            }
            let desk = ScheduleDesk(store: store, isJSON: isJSON)
            do throws(ScheduleError) {
                return try await perform(at: desk, assembly.zones)
            } catch {
                throw StartError(error.exitStatus, await desk.explained(error, action.names))
            }
        }
    }

    private func tell(_ forecast: CronForecast) -> ExitStatus {
        do throws(StartError) {
            try forecast.tell(isJSON: isJSON, zones: SystemZones())
            return .ok
        } catch {
            HostSystem.writeToStandardError("cacheworker: \(error)\n")
            return error.status
        }
    }

    private func perform(
        at desk: ScheduleDesk,
        _ zones: SystemZones
    ) async throws(ScheduleError) -> ExitStatus {
        switch action {
        case .forecast: break
        case .list: try await desk.list()
        case .next(let names, let range): try await desk.next(names, range)
        case .history(let name, let limit): try await desk.history(of: name, limit: limit)
        case .run(let name): try await desk.run(name)
        case .pause(let name, let pause):
            let user = HostSystem.current.environment("USER") ?? "uid \(getuid())"
            let by = pause.by ?? "\(user)@\(HostSystem.current.hostName)"
            try await desk.pause(name, by: by, reason: pause.reason)
        case .resume(let name): try await desk.resume(name)
        case .set(let source):
            let entry: ScheduleEntry
            do throws(EntrySourceError) {
                entry = try await source.entry(zones)
            } catch {
                desk.tell(error.message)
                return .badInput
            }
            try await desk.set(entry)
        case .delete(let name): try await desk.delete(name)
        }
        return .ok
    }
}

extension ScheduleCommand.Action {
    /// The entries that have to be there.
    fileprivate var names: [String] {
        switch self {
        case .forecast, .list, .set: []
        case .next(let names, _): names
        case .history(let name, _), .run(let name), .pause(let name, _), .resume(let name),
            .delete(let name):
            [name]
        }
    }
}

extension ScheduleError {
    fileprivate var exitStatus: ExitStatus {
        switch code {
        case .unavailable: .unavailable
        case .notFound, .notDynamic: .badInput
        case .refused: .configuration
        }
    }
}
