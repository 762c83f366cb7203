/// One of the fixed delays in which jobs wait in the broker.
///
/// A message waits in a queue whose messages live for the length of the step, and goes from there
/// back to the exchange of the jobs. A longer wait is several steps; a wait that no step has is
/// rounded down, but never to nothing.
enum RetryStep: String, CaseIterable {
    case oneSecond = "1s"
    case fiveSeconds = "5s"
    case halfAMinute = "30s"
    case fiveMinutes = "5m"
    case oneHour = "1h"

    var duration: Duration {
        switch self {
        case .oneSecond: .seconds(1)
        case .fiveSeconds: .seconds(5)
        case .halfAMinute: .seconds(30)
        case .fiveMinutes: .seconds(300)
        case .oneHour: .seconds(3600)
        }
    }

    /// The longest step that is no longer than the wait, or the shortest there is.
    static func first(of wait: Duration) -> RetryStep {
        allCases.last { $0.duration <= wait } ?? .oneSecond
    }
}
