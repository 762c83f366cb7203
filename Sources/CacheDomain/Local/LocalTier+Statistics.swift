import Synchronization

extension LocalTier {
    /// What a tier holds, and what has become of it so far.
    public struct Statistics: Sendable, Equatable {
        /// Entries held, expired ones included until they are met.
        public var entries = 0
        /// How many may be held.
        public var maxEntries = 0
        /// Bytes of the keys and values held.
        public var bytes = 0
        /// How many may be held.
        public var maxBytes = 0
        /// Entries held that nobody may take for true before they are read anew; not those that
        /// only the watch of foreign changes has left in doubt.
        public var unverified = 0
        /// Entries that messages have removed.
        public var dropped = 0
        /// Entries that went because others came.
        public var evicted = 0
        /// Entries that were not trusted and were replaced by what the store has.
        public var revalidated = 0
        /// How often nothing that was held could be trusted any more.
        public var distrusts = 0
        /// Changes of this process that were announced.
        public var ownChanges = 0
    }

    /// All of it at one moment.
    public var statistics: Statistics {
        state.withLock { state in
            Statistics(
                entries: state.storage.count,
                maxEntries: state.storage.maxEntries,
                bytes: state.storage.byteCount,
                maxBytes: state.storage.maxBytes,
                unverified: state.storage.markedCount,
                dropped: state.droppedCount,
                evicted: state.storage.evictedCount,
                revalidated: state.revalidatedCount,
                distrusts: state.distrustCount,
                ownChanges: state.ownChangeCount
            )
        }
    }
}
