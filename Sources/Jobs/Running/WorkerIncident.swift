/// What goes wrong while a worker works, and mends itself.
public enum WorkerIncident: Sendable, Equatable {
    /// The source could not settle a batch: what it has not heard about comes again.
    case batchNotSettled(source: String)
    /// A step waits for what all jobs need, and is tried again in place; the first time or not.
    case stepRetried(source: String, reason: String, isFirst: Bool)
    /// A step that was tried again waits no longer: it is done, has failed, or was given up.
    case stepWentOn(source: String)
}
