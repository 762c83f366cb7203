/// What a fleet goes through: everything in it follows from this.
struct Life: Hashable, Sendable {
    let seed: UInt64
    let regime: Regime
    var steps: [Step]

    /// The life of that seed.
    init(seed: UInt64, _ regime: Regime) {
        self.seed = seed
        self.regime = regime
        steps = Schedule.steps(seed: seed, regime)
    }
}
