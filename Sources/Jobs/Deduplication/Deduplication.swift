import Codecs
import Telemetry

/// Keeps events from being done twice, for the kinds of job that ask for it.
///
/// One question before the effects of a batch and one word after them, however many jobs it has;
/// none where no job of it asks. Between effect and acknowledgement an event is marked as done, so
/// that what comes again after a crash there is known as a duplicate.
struct Deduplication: Sendable {
    /// How long a job waits while another message does its event.
    static let pause = Duration.seconds(1)

    let registry: any EventRegistry
    let policies: JobPolicies
    let time: WorkerTime
    let drain: Drain
    let notice: WaitNotice
    let logger: Logger

    /// The claims of a batch, and those jobs whose event another job of the batch has claimed.
    struct Claims: Sendable {
        var indexes: [Int] = []
        var claims: [EventClaim] = []
        var followers: [(index: Int, leader: Int)] = []
    }

    /// Claims the events of a batch, and gives those their outcome that are not to be done now.
    ///
    /// - Returns: The claims that were granted; nil when the task was cancelled before, or when the
    ///   registry is away while the process ends.
    func claim(_ run: inout BatchRun) async -> Claims? {
        let wanted = wantedClaims(run)
        let answers = await repeating { () throws(SourceError) in
            try await registry.claim(wanted.claims)
        }
        guard let answers else { return nil }
        var granted = Claims()
        granted.followers = wanted.followers
        for (place, answer) in answers.enumerated() {
            let index = wanted.indexes[place]
            switch answer {
            case .granted:
                granted.indexes.append(index)
                granted.claims.append(wanted.claims[place])
            case .duplicate: run.end(index, .duplicate)
            case .taken: run.end(index, .pause(Self.pause))
            }
        }
        // They wait for what becomes of the one before them.
        for follower in wanted.followers {
            run.end(follower.index, .pause(Self.pause))
        }
        return granted
    }

    /// Says what became of the events; false when the task was cancelled before.
    ///
    /// While the process ends a registry that is away is not waited for: claims go by their age.
    func settle(_ claims: Claims, _ run: inout BatchRun) async -> Bool {
        var settlements: [EventSettlement] = []
        for (index, claim) in zip(claims.indexes, claims.claims) {
            let window = run.jobs[index].map { policies[$0.kind].deduplicationWindow }
            settlements.append(
                EventSettlement(
                    event: claim.event,
                    owner: claim.owner,
                    doneFor: run.outcomes[index].isFinal ? window : nil
                )
            )
        }
        for follower in claims.followers where run.outcomes[follower.leader].isFinal {
            run.end(follower.index, .duplicate)
        }
        guard !settlements.isEmpty else { return true }
        let answer: Void? = await repeating { () throws(SourceError) in
            try await registry.settle(settlements)
        }
        return answer != nil || !Task.isCancelled
    }

    private func wantedClaims(_ run: BatchRun) -> Claims {
        var wanted = Claims()
        var leaders: [ExactString: Int] = [:]
        for (index, event) in run.eventNames.sorted(by: { $0.key < $1.key }) {
            if let leader = leaders[ExactString(event)] {
                wanted.followers.append((index, leader))
                continue
            }
            leaders[ExactString(event)] = index
            guard let kind = run.jobs[index]?.kind else { continue }
            let delivery = run.deliveries[index]
            wanted.indexes.append(index)
            wanted.claims.append(
                EventClaim(
                    event: event,
                    owner: delivery.identity,
                    // A name is that of one message; a digest is shared by those that say the same.
                    mayResume: delivery.name != nil || delivery.isSuspect,
                    lifetime: policies[kind].timeout + policies[kind].deduplicationWindow
                )
            )
        }
        return wanted
    }

    /// Asks until there is an answer; nil when the task was cancelled before, or when the process
    /// ends.
    private func repeating<Answer>(
        _ question: () async throws(SourceError) -> Answer
    ) async -> Answer? {
        var backoff = Backoff()
        var isWaiting = false
        defer { notice.ends(isWaiting) }
        while !Task.isCancelled {
            do throws(SourceError) {
                return try await question()
            } catch {
                notice.retries("registry", &isWaiting)
                logger.warning("duplicates cannot be told", ["error": .description(of: error)])
                guard !drain.hasBegun, await drain.pause(backoff.next(), by: time),
                    !drain.hasBegun
                else { return nil }
            }
        }
        return nil
    }
}

extension Outcome {
    /// Whether nothing is left to do of the event.
    fileprivate var isFinal: Bool {
        switch self {
        case .done, .superseded, .duplicate: true
        case .retry, .snooze, .pause, .expired, .handedBack, .deadLetter: false
        }
    }
}

extension Event {
    /// What the event is called among those of all producers; nil where its producer gave it no id.
    func name(of kind: Job.Kind) -> String? {
        guard let id else { return nil }
        let source = source ?? ""
        // With its length, so that source and id cannot flow into each other.
        return "\(kind.rawValue):\(source.utf8.count):\(source):\(id)"
    }
}
