/// How long loads take, for each policy: an exponentially weighted moving average.
struct LoadTimes {
    /// How many policies are remembered; of more than that the first one is forgotten.
    static let maxPolicies = 256
    /// What the last load counts for.
    private static let weight = 0.25

    private var times: [LoadPolicy: Duration] = [:]
    private var order: [LoadPolicy] = []

    /// What a load is expected to take; nil before the first one.
    subscript(policy: LoadPolicy) -> Duration? { times[policy] }

    mutating func saw(_ time: Duration, of policy: LoadPolicy) {
        if let known = times[policy] {
            times[policy] = known * (1 - Self.weight) + time * Self.weight
            return
        }
        if order.count == Self.maxPolicies { times[order.removeFirst()] = nil }
        times[policy] = time
        order.append(policy)
    }
}
