/// Remembers, outside the process, which suspect is being done: the one that stands there when the
/// process has died did it.
public protocol SuspectLedger: Sendable {
    /// Takes back all charges of another suspect, which has its outcome, and charges this one.
    ///
    /// A suspect that has so many charges as `limit` gets no further one.
    ///
    /// - Returns: How many charges it had before.
    func charge(
        _ suspect: String,
        limit: Int,
        takingBack finished: String?
    ) async throws(SourceError) -> Int

    /// Takes back all charges of suspects that have their outcome.
    func takeBack(_ suspects: [String]) async throws(SourceError)
}
