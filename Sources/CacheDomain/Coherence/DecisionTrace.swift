/// What a follower did lately, for who asks why a copy is what it is: a pure value.
struct DecisionTrace: Sendable {
    /// So many decisions are remembered.
    static let maxDecisions = 256
    /// So many names their messages may have in all: a message can name a thousand keys.
    static let maxNames = 4_096
    /// So many lines are told, the newest.
    static let maxLines = 16

    private struct Decision {
        let moment: ContinuousClock.Instant
        let effect: CoherenceReader.Effect
        let nameCount: Int
    }

    private var decisions: ArraySlice<Decision> = []
    private var nameCount = 0

    /// How many decisions are remembered.
    var count: Int { decisions.count }

    /// The follower does this.
    mutating func note(_ effect: CoherenceReader.Effect, at now: ContinuousClock.Instant) {
        let names: Int
        switch effect {
        case .forget(let announcement, _): names = announcement.nameCount
        case .forgetAhead, .distrustEverything, .doubtAnswers, .trustAnswers, .readJournal:
            names = 0
        case .noteLag, .noteClock, .sendHeartbeat, .yieldName: return
        }
        decisions.append(Decision(moment: now, effect: effect, nameCount: names))
        nameCount += names
        while decisions.count > Self.maxDecisions || nameCount > Self.maxNames {
            nameCount -= decisions.removeFirst().nameCount
        }
    }

    /// What concerns the key, which has these tags, in order: a line for each.
    func lines(about key: String, _ tags: [String], at now: ContinuousClock.Instant) -> [String] {
        let lines = decisions.compactMap { decision -> String? in
            let age = "\(decision.moment.duration(to: now)) ago"
            switch decision.effect {
            case .forget(let announcement, let position):
                return announcement.scope(covering: key, tags: tags)
                    .map { "\(position.sequence) named its \($0.rawValue) \(age)" }
            case .forgetAhead(let position):
                return "forgot what came after \(position.sequence) \(age)"
            case .distrustEverything(let reason):
                return "trusted nothing (\(reason.rawValue)) \(age)"
            case .doubtAnswers: return "began to doubt answers \(age)"
            case .trustAnswers: return "trusted answers again \(age)"
            case .readJournal(let query): return "read the journal from \(query.sequence) \(age)"
            case .noteLag, .noteClock, .sendHeartbeat, .yieldName: return nil
            }
        }
        return Array(lines.suffix(Self.maxLines))
    }
}

extension Announcement {
    /// How many names there are.
    fileprivate var nameCount: Int {
        keys.count + tags.count + patterns.count + namespaces.count
    }
}
