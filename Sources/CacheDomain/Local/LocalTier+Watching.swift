import Synchronization

/// Copies under watched prefixes, whose changes are not all in the log.
extension LocalTier {
    /// Lets them be served until `deadline`; nil: not at all.
    func serveWatched(until deadline: ContinuousClock.Instant?) {
        state.withLock { $0.watchedUntil = deadline }
    }

    /// Trusts none of them, held or on its way in: changes may have been missed.
    ///
    /// What is held stays, each entry until it is asked for and read anew.
    func distrustWatched() { state.withLock { $0.distrustWatched() } }

    /// Forgets these keys, which have changed, and returns how many entries that were; what is on
    /// its way in is refused.
    @discardableResult
    func forgetWatched(_ keys: [String]) -> Int { state.withLock { $0.forgetWatched(keys) } }

    /// Forgets all of them, held or on its way in, and returns how many entries that were.
    @discardableResult
    func forgetAllWatched() -> Int { state.withLock { $0.forgetAllWatched() } }
}
