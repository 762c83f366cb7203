import Glibc

/// Loads a value anew behind its readers, some time before it is stale: so that they never wait,
/// and not all processes at the same moment.
///
/// Each reader draws a lot. The closer the end and the longer a load takes, the likelier the lot
/// falls on him: with the remaining time t, a load time d and a number u drawn from (0, 1], when
/// -d * beta * ln(u) >= t. That the source is asked for once is the matter of the load lease.
///
/// A. Vattani, F. Chierichetti, K. Lowenstein, "Optimal Probabilistic Cache Stampede Prevention",
/// VLDB 2015 (XFetch). There the load time is stored beside the value; here each process goes by
/// the loads it has done itself, so that other programs can read the value. Who has loaded nothing
/// yet draws no lot.
public struct EarlyRefresh: Sendable, Hashable {
    /// More than 1 begins sooner, less later.
    public var beta: Double

    /// A rule by its eagerness.
    public init(beta: Double = 1) { self.beta = beta }

    /// Whether the lot, a number from 0 to 1, says to begin so long before a value is stale.
    func isDue(in remaining: Duration, loadTime: Duration, lot: Double) -> Bool {
        guard lot > 0 else { return true }
        return loadTime * (beta * -log(lot)) >= remaining
    }
}
