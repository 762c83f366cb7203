/// Whether a node hears its own voice: a pure state machine.
///
/// What a node reads and changes goes over one connection, what it hears comes over another. After
/// a fail-over the two may end at different servers, and each for itself works: the node would hear
/// a log that nobody writes any more. So it sends messages that only it can have sent, canaries,
/// over the one and listens for them on the other: always after it has subscribed, and from then
/// on once an interval.
///
/// They are also the only messages of which a node knows the age.
struct CanaryWatch: Sendable, Hashable {
    /// Canaries that may be under way at a time; a late one of before is not waited for.
    private static let maxUnderWay = 8

    private let token: ProcessToken
    private let interval: Duration
    private(set) var isSubscribed = false
    private var lastNumber = 0
    private(set) var underWay: [Sent] = []
    private(set) var newestHeard: ContinuousClock.Instant?
    /// When the last one was sent.
    private(set) var lastSent: ContinuousClock.Instant?

    struct Sent: Sendable, Hashable {
        let canary: String
        let moment: ContinuousClock.Instant
    }

    /// A watch that wants a canary every `interval`; `token` tells this process from all others.
    init(token: ProcessToken, interval: Duration) {
        self.token = token
        self.interval = interval
    }

    /// The subscription stands: what was heard, or sent, before proves nothing.
    mutating func subscribed() {
        isSubscribed = true
        underWay.removeAll()
        newestHeard = nil
    }

    /// The canary to send now.
    mutating func next(at now: ContinuousClock.Instant) -> String {
        lastNumber += 1
        lastSent = now
        let canary = "\(token.text)-\(lastNumber)"
        if underWay.count == Self.maxUnderWay { underWay.removeFirst() }
        underWay.append(Sent(canary: canary, moment: now))
        return canary
    }

    /// When the canary was sent; nil for one that is not waited for, or is of another process.
    func sending(of canary: String) -> ContinuousClock.Instant? {
        underWay.first { $0.canary == canary }?.moment
    }

    /// A canary was heard, of this process or of another.
    /// - Returns: when it was sent, if it was waited for.
    @discardableResult
    mutating func heard(_ canary: String) -> ContinuousClock.Instant? {
        guard let place = underWay.firstIndex(where: { $0.canary == canary }) else { return nil }
        let moment = underWay[place].moment
        newestHeard = moment
        underWay.removeSubrange(...place)
        return moment
    }

    /// Whether it is time to send one: at once after a subscription, until one has been heard.
    func isDue(at now: ContinuousClock.Instant) -> Bool {
        newestHeard.map { $0.duration(to: now) >= interval } ?? isSubscribed
    }

    /// When the last one that was heard had been sent; nil when none was since the subscription.
    var proof: ContinuousClock.Instant? { newestHeard }
}
