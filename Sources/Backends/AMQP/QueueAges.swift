import AMQPClient
import Jobs
import Synchronization
import Telemetry

/// How old jobs are when they are taken from the queues of a broker, which cannot tell the age of
/// what waits in them.
///
/// What waits behind the job that was taken last is younger than it was, so its age, and the time
/// that has passed since, is the most that the next one can have.
final class QueueAges: Sendable {
    /// One job of a queue is looked at in so long a time: reading it twice costs.
    static let interval = Duration.milliseconds(250)

    private let state: Mutex<[Sample?]>

    private struct Sample {
        /// Nil when the job does not say when it was made.
        let age: Duration?
        let instant: ContinuousClock.Instant
    }

    /// For so many queues, of which nothing is known.
    init(queueCount: Int) {
        state = Mutex(Array(repeating: nil, count: queueCount))
    }

    /// Looks at the last job of each queue in the batch, where that is due.
    func took(_ batch: AMQPBatch, at instant: ContinuousClock.Instant, _ now: () -> WallTime) {
        let due = state.withLock { samples in
            samples.indices.filter { index in
                samples[index].map { $0.instant + Self.interval <= instant } ?? true
            }
        }
        for index in due {
            guard let delivery = batch.lastDelivery(of: index) else { continue }
            let age = Self.age(of: delivery, at: now())
            state.withLock { $0[index] = Sample(age: age, instant: instant) }
        }
    }

    /// The most that the oldest job of a queue can have; nil when nobody knows.
    func age(of index: Int, at instant: ContinuousClock.Instant) -> Duration? {
        guard let sample = state.withLock({ $0[index] }) else { return nil }
        return sample.age.map { $0 + sample.instant.duration(to: instant) }
    }

    /// By the clock of its producer, which may be ahead of this machine's.
    private static func age(of delivery: AMQPDelivery, at now: WallTime) -> Duration? {
        made(delivery).map { max(.zero, $0.duration(to: now)) }
    }

    private static func made(_ delivery: AMQPDelivery) -> WallTime? {
        var decoder = EventDecoder()
        let job = Delivery(delivery)
        let event = try? decoder.decode(
            body: job.body,
            contentType: job.contentType,
            headers: job.headers
        )
        if let time = event?.time.flatMap(WallTime.init) { return time }
        guard let seconds = (try? delivery.properties())?.timestamp else { return nil }
        return WallTime(milliseconds: Int64(clamping: seconds.multipliedClamped(by: 1_000)))
    }
}

extension UInt64 {
    fileprivate func multipliedClamped(by factor: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
