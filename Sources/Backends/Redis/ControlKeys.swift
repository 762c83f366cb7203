public import Jobs

/// The names of everything the service itself keeps in Redis, all in one hash slot.
public struct ControlKeys: Sendable {
    /// What all of them begin with.
    public let slot: String
    /// The counter that orders the coherence log.
    public let sequence: String
    /// The name of the log's present life.
    public let epoch: String
    /// The stream that keeps the last messages.
    public let journal: String
    /// How far the journal went when it was last trimmed by age.
    public let journalMark: String
    /// The channel of the live messages.
    public let channel: String
    /// The streams of the job kinds, in the order they are read.
    public let jobStreams: [String]
    /// The stream of what will never be done.
    public let deadLetters: String
    /// The sorted set of what waits for a retry or for its time, by that time.
    public let delayed: String
    /// The hash of the suspects that are being done, with their charges.
    public let suspects: String
    /// Says for a while that jobs of a worker were claimed that may only have stood still.
    public let claimed: String
    /// What is known about the fences as a whole.
    public let fences: String
    /// The last changes of keys and tags, in two generations: the recent one and the older one.
    public let fenceGenerations: [String]
    /// The last purges of patterns and namespaces.
    public let fenceScopes: String
    /// Who loads which value from its source, and which tags were purged meanwhile.
    public let loads: String

    /// The name of the data's present life, where the log is on another server.
    let life: String

    /// What the names of events begin with that are not to be done twice.
    var eventPrefix: String { "\(slot)event:" }

    /// The consumer group of all workers.
    public static let group = "workers"
    /// What the name of a tag's set begins with; no braces, so that tags spread over a cluster.
    public static let tagPrefix = "cw:tag:"

    /// The names under a prefix, `cw` unless configured otherwise.
    public init(prefix: String = "cw") {
        let slot = "{\(prefix)}:"
        self.slot = slot
        sequence = "\(slot)seq"
        epoch = "\(slot)epoch"
        life = "\(slot)life"
        journal = "\(slot)journal"
        journalMark = "\(slot)journal:mark"
        channel = "\(slot)coherence"
        jobStreams = JobKinds.all.map { "\(slot)jobs:\($0)" }
        deadLetters = "\(slot)jobs:dead"
        delayed = "\(slot)jobs:delayed"
        suspects = "\(slot)suspects"
        claimed = "\(slot)jobs:claimed"
        fences = "\(slot)fence"
        fenceGenerations = ["\(slot)fence:recent", "\(slot)fence:older"]
        fenceScopes = "\(slot)fence:scopes"
        loads = "\(slot)loads"
    }

    /// What the names of the consumers' leases begin with.
    var leasePrefix: String { "\(slot)alive:" }

    /// The sign of life of a consumer.
    func lease(of consumer: String) -> String { leasePrefix + consumer }

    /// What the names of the canaries begin with by which a process proves its watch.
    func canaries(of watch: String) -> String { "\(slot)watch:\(watch):" }

    /// The stream of the jobs of an event type.
    func stream(ofType type: String) -> String { "\(slot)jobs:\(JobKinds.kind(ofType: type))" }

    /// The stream of the jobs of a kind.
    public func stream(of kind: JobKind) -> String { "\(slot)jobs:\(kind.rawValue)" }

    /// The set of a tag's members.
    public static func tag(_ name: String) -> String { tagPrefix + name }
}
