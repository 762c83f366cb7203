import Jobs
import Synchronization
import Telemetry

/// Tells in the log what was done: at once when it was quiet, once a second when it is busy.
final class WorkAccount: Sendable {
    private static let interval = Duration.seconds(1)

    private let logger: Logger
    private let clock: any Clock<Duration>
    private let totals = Mutex<[String: Totals]>([:])

    private struct Totals {
        var done = 0
        var waiting = 0
        var expired = 0
        var superseded = 0
        var duplicate = 0
        /// Not told with the others: they were not settled.
        var handedBack = 0
        var dead = 0
        var isQuiet = true

        var isEmpty: Bool {
            done + waiting + expired + superseded + duplicate + dead == 0
        }

        mutating func add(_ outcome: Outcome) {
            switch outcome {
            case .done: done += 1
            case .retry, .snooze, .pause: waiting += 1
            case .expired: expired += 1
            case .superseded: superseded += 1
            case .duplicate: duplicate += 1
            case .handedBack: handedBack += 1
            case .deadLetter: dead += 1
            }
        }
    }

    init(_ logger: Logger, clock: any Clock<Duration> = ContinuousClock()) {
        self.logger = logger
        self.clock = clock
    }

    /// Counts a batch, and says so if nothing was said in this interval.
    func add(_ report: BatchReport) {
        for (outcome, eventID) in zip(report.outcomes, report.eventIDs) {
            guard case .deadLetter(let cause) = outcome else { continue }
            logger.warning(
                "job is dead",
                [
                    "source": .string(report.source), "event": .string(eventID ?? ""),
                    "reason": .string(cause.reason), "error": .string(cause.error),
                ]
            )
        }
        totals.withLock { totals in
            var entry = totals[report.source] ?? Totals()
            for outcome in report.outcomes { entry.add(outcome) }
            if entry.isQuiet, !entry.isEmpty {
                say(report.source, entry)
                entry = Totals(handedBack: entry.handedBack, isQuiet: false)
            }
            totals[report.source] = entry
        }
    }

    /// How many jobs were handed back without being done.
    var handedBackCount: Int { totals.withLock { $0.values.reduce(0) { $0 + $1.handedBack } } }

    /// Says once an interval what came in since, until the task is cancelled; then the rest.
    func run() async {
        while (try? await clock.sleep(for: Self.interval)) != nil { sayAll() }
        sayAll()
    }

    private func sayAll() {
        totals.withLock { totals in
            for (source, entry) in totals {
                if !entry.isEmpty { say(source, entry) }
                totals[source] = Totals(handedBack: entry.handedBack, isQuiet: entry.isEmpty)
            }
        }
    }

    private func say(_ source: String, _ entry: Totals) {
        logger.info(
            "jobs settled",
            [
                "source": .string(source), "done": .integer(entry.done),
                "waiting": .integer(entry.waiting), "expired": .integer(entry.expired),
                "superseded": .integer(entry.superseded),
                "duplicate": .integer(entry.duplicate), "dead": .integer(entry.dead),
            ]
        )
    }
}
