extension Audit {
    /// What was found so far.
    public struct Findings: Sendable, Equatable {
        /// Copies that were chosen at random and compared.
        public var comparedCount = 0
        /// How many of them differed for as long as each of the checkpoints says.
        public var staleCounts = [Int](repeating: 0, count: Audit.checkpoints.count)
        /// Copies that differed for longer than the bound, by cause.
        public var violations: [Cause: Int] = [:]
        /// Copies of what was changed with no word in the log.
        public var foreignCount = 0
        /// Copies of what went from the store with no word in the log.
        public var goneCount = 0
        /// Copies that differed and were not looked at again, since too many did.
        public var unfollowedCount = 0
        /// The longest time that a copy was seen to differ.
        public var worstAge = Duration.zero
        /// How long the copy has differed that does so for longest now.
        public var presentAge = Duration.zero
    }
}
