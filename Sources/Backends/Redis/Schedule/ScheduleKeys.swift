/// The names of what the schedule keeps in Redis, all in one slot.
///
/// | name | holds |
/// |---|---|
/// | `entry:NAME` | hash: definition, origin, pause, place, next instant, counts |
/// | `names` | sorted set of all names, by name |
/// | `due` | sorted set of what fires, by when a beat has to see to it |
/// | `meta` | hash: `life`, `version` of the definitions, `file`: how many files were read |
/// | `installed`, `held:NODE`, `held` | entries of files, those of one process, who lives |
/// | `running:NAME`, `waiting:NAME` | runs under way by their limit, firings that wait for them |
/// | `runs:NAME` | sorted set of the last runs, by instant |
/// | `outbox`, `outbox:events` | what the broker has not confirmed, by when it may be taken |
/// | `outbox:since` | the same, by when it was put in |
/// | `beats` | hash: who has looked last, when, and how far its clock is off |
struct ScheduleKeys: Sendable {
    /// What all names begin with.
    let prefix: String
    private let keys: ControlKeys

    init(_ keys: ControlKeys) {
        self.keys = keys
        prefix = "\(keys.slot)schedule:"
    }

    /// The stream that the event of a firing is added to.
    func stream(ofType type: String) -> String { keys.stream(ofType: type) }

    var names: String { prefix + "names" }
    var beats: String { prefix + "beats" }
    var outbox: String { prefix + "outbox" }
    var outboxSince: String { prefix + "outbox:since" }
    var outboxEvents: String { prefix + "outbox:events" }

    func entry(_ name: String) -> String { "\(prefix)entry:\(name)" }
    func runs(_ name: String) -> String { "\(prefix)runs:\(name)" }
    func running(_ name: String) -> String { "\(prefix)running:\(name)" }
    func waiting(_ name: String) -> String { "\(prefix)waiting:\(name)" }
}
