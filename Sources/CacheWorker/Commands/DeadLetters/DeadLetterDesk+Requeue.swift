import Glibc
import Jobs

extension DeadLetterDesk {
    /// Makes jobs of letters, and tells what became of each.
    func requeue(
        _ requeueing: DeadLetterRequeueing
    ) async throws(DeadLetterError) -> ExitStatus {
        var check: RequeueCheck
        do throws(EventError) {
            check = try RequeueCheck(
                limits: limits,
                isForced: requeueing.isForced,
                edited: try await edited(requeueing.edit)
            )
        } catch {
            tell("\(requeueing.edit ?? "the event"): \(error.message)")
            return .badInput
        }
        var account = RequeueAccount(isJSON: isJSON)
        var pacer = requeueing.rate.map { Pacer(perSecond: $0, clock: ContinuousClock()) }
        let missing = try await forEachPage(of: requeueing.selection) {
            (session, letters) throws(DeadLetterError) in
            var requests: [DeadLetterRequeue] = []
            for letter in letters {
                do throws(EventError) {
                    requests.append(try check.request(for: letter))
                } catch {
                    account.note(letter, .refused, error.message)
                }
            }
            if requeueing.isDryRun {
                for request in requests { account.note(request.letter, .possible) }
            } else if pacer == nil {
                try await requeue(requests, session, &account)
            } else {
                for request in requests {
                    await pacer?.turn()
                    try await requeue([request], session, &account)
                }
            }
        }
        account.end()
        for (outcome, count) in account.summary { tell("\(count) \(outcome.rawValue)") }
        return missing.isEmpty && account.count(.refused) == 0 ? .ok : .badInput
    }

    private func requeue(
        _ requests: [DeadLetterRequeue],
        _ session: any DeadLetterSession,
        _ account: inout RequeueAccount
    ) async throws(DeadLetterError) {
        let done = try await session.requeue(requests)
        for (request, isDone) in zip(requests, done) {
            account.note(request.letter, isDone ? .requeued : .gone)
        }
    }

    /// The event in the file.
    private func edited(_ path: String?) async throws(EventError) -> [UInt8]? {
        guard let path else { return nil }
        if path == "-" { return await standardInput() }
        do throws(FileFault) {
            return try HostSystem.current.readFile(path, limits.maxEventBytes)
        } catch {
            throw EventError(.schema, path: "$", message: "\(error)")
        }
    }

    /// Standard input as far as an event may go; one that goes further is told by its size.
    private func standardInput() async -> [UInt8] {
        var event: [UInt8] = []
        let input = LineInput(descriptor: STDIN_FILENO, maxLineBytes: limits.maxEventBytes + 1)
        for await line in input where event.count <= limits.maxEventBytes {
            event += line.bytes + [UInt8(ascii: "\n")]
        }
        return event
    }
}

/// What became of letters that were to be requeued, told one by one.
private struct RequeueAccount {
    enum Outcome: String, CaseIterable {
        case requeued
        case refused
        case gone
        case possible = "would be requeued"
    }

    private let isJSON: Bool
    private var output = JSONArrayOutput()
    private var counts: [Outcome: Int] = [:]

    init(isJSON: Bool) { self.isJSON = isJSON }

    func count(_ outcome: Outcome) -> Int { counts[outcome] ?? 0 }

    /// How many letters met each end that any of them met.
    var summary: [(Outcome, Int)] {
        Outcome.allCases.filter { count($0) > 0 }.map { ($0, count($0)) }
    }

    mutating func note(_ letter: DeadLetter, _ outcome: Outcome, _ error: String? = nil) {
        counts[outcome, default: 0] += 1
        guard isJSON else {
            return print("\(letter.id) \(outcome.rawValue)\(error.map { ": \($0)" } ?? "")")
        }
        var json = Array("{".utf8)
        json.appendMember("id", letter.id)
        json.appendMember("transport", letter.transport.rawValue)
        json.appendMember("outcome", outcome.rawValue)
        json.appendMember("error", error)
        output.append(json + [UInt8(ascii: "}")])
    }

    func end() {
        if isJSON { output.end() }
    }
}
