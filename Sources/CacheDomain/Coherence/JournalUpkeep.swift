/// The journal of the coherence log, as it is kept short.
public protocol JournalUpkeep: Sendable {
    /// Removes the first messages beyond a length, and those that were there `age` ago, in
    /// bounded steps; twice does no harm.
    ///
    /// A reader that has missed a message which is gone trusts nothing that it holds, and goes
    /// on: a journal that is too short costs misses, never an old value. The last message always
    /// stays, since readers know the log's life by it.
    /// - Returns: How many went.
    func trimJournal(
        toLength length: Int,
        olderThan age: Duration
    ) async throws(StoreError) -> Int
}
