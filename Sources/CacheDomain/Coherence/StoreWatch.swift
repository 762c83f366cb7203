/// Whether a store beside the log is still the one that the copies came from: a pure state machine.
///
/// It is asked again and again which life it is in. Copies may be served for a lease after the last
/// question that it has answered, since whatever it loses, it loses after that; and when it is in
/// another life, nothing that is held can be trusted.
struct StoreWatch: Sendable, Hashable {
    private var life: String?
    private var proof: ContinuousClock.Instant?

    /// What an answer says about the copies.
    enum Finding {
        /// They came from this store.
        case same
        /// It is the first answer: nobody knows where they came from.
        case first
        /// The store they came from may have had something else.
        case other
    }

    /// The store answered a question that was asked at `start`.
    mutating func answered(_ life: String, askedAt start: ContinuousClock.Instant) -> Finding {
        defer { self.life = life }
        proof = start
        guard let known = self.life else { return .first }
        return known == life ? .same : .other
    }

    /// Copies may be served before this; nil before the first answer.
    func limit(lease: Duration) -> ContinuousClock.Instant? { proof.map { $0 + lease } }
}
