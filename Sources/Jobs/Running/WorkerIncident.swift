/// What goes wrong while a worker works, and mends itself.
public enum WorkerIncident: Sendable, Equatable {
    /// The source could not settle a batch: what it has not heard about comes again.
    case batchNotSettled(source: String)
    /// Jobs wait for what all need, and their step is tried again in place; the first time or not.
    ///
    /// The reason is a word of the handler, or `registry` where duplicates cannot be told, or
    /// `ledger` where suspects cannot be charged.
    case stepRetried(source: String, reason: String, isFirst: Bool)
    /// What was tried again waits no longer: it is done, has failed, or was given up.
    case stepWentOn(source: String)
}
