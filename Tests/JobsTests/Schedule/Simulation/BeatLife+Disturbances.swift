import Telemetry

@testable import Jobs

extension BeatLife {
    func apply(_ disturbance: SimulatedDisturbance) throws {
        note("\(disturbance.kind)")
        switch disturbance.kind {
        case .doom(let pod, let step, let fate): pods[pod].doom[step] = fate
        case .putClock(let pod, let change):
            pods[pod].skew = min(max(pods[pod].skew + change, -30_000), 30_000)
            pods[pod].clockPutAt = moment
            pods[pod].lookCount = 0
        case .lose(let pod, let loss): pods[pod].losses.append(loss)
        case .everybodyDies(let back): for pod in pods { kill(pod, back: back) }
        case .restart(let pause): restart(for: pause)
        case .failOver(let lost, let clock):
            schedule.loseTail(lost)
            putServerClock(by: clock)
            newConnection()
        case .empty:
            schedule.empty()
            newConnection()
        case .putServerClock(let change):
            putServerClock(by: change)
        case .breakBroker(let pause):
            isBrokerUp = false
            at(min(moment + pause, shape.faultsEnd)) { self.isBrokerUp = true }
        case .edit(let edit): try apply(edit)
        case .reload(let pod, let version):
            files[pod] = version
            let entries = entries(inFile: version)
            pods[pod].withState { $0.reload(entries) }
        }
    }

    func apply(_ edit: SimulatedDisturbance.Edit) throws {
        switch edit {
        case .set(let entry, let version): try set(entry, version)
        case .delete(let entry): try ifUp { try schedule.delete(name(entry), at: serverNow) }
        case .pause(let entry): try ifUp { try schedule.pause(name(entry), at: serverNow) }
        case .resume(let entry): try ifUp { try schedule.resume(name(entry), at: serverNow) }
        }
    }

    private func putServerClock(by change: Int) {
        schedule.skew += change
        wellSince = moment
        for pod in pods { pod.lookCount = 0 }
    }

    /// Makes a dynamic entry, or changes it.
    func set(_ entry: Int, _ version: Int) throws {
        guard !isInFile(entry) else { return }
        try ifUp { try schedule.set(definitions[entry][version], at: serverNow) }
    }

    private func name(_ entry: Int) -> String { "e\(entry)" }

    private func ifUp(_ body: () throws -> Void) throws {
        // Whoever asks while the server is away is told so.
        if isUp { try body() }
    }

    private func restart(for pause: Int) {
        guard isUp else { return }
        isUp = false
        connection += 1
        at(min(moment + pause, shape.faultsEnd)) { if !self.isUp { self.comeBack() } }
    }

    func comeBack() {
        isUp = true
        newConnection()
    }

    private func newConnection() {
        connection += 1
        wellSince = moment
        takeJobs()
    }
}
