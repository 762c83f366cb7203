import Jobs
import Telemetry

extension MetricRegistry {
    /// What waits in the queues, of all workers together.
    func observe(_ backlogs: BacklogBoard) {
        let labels = ["source", "queue"]
        observe(
            "cacheworker_queue_waiting_jobs",
            .gauge,
            "Jobs in the queue that no worker has yet; absent where the server cannot tell.",
            labels: labels
        ) {
            backlogs.all.compactMap { source, backlog in
                backlog.waiting.map { MetricSample($0, labels: [source, backlog.queue]) }
            }
        }
        observe(
            "cacheworker_queue_unsettled_jobs",
            .gauge,
            "Jobs taken and not settled yet; from RabbitMQ: by this worker alone.",
            labels: labels
        ) {
            backlogs.all.map { MetricSample($1.unsettled, labels: [$0, $1.queue]) }
        }
        observe(
            "cacheworker_queue_oldest_job_age_seconds",
            .gauge,
            "Age of the oldest job not settled; from RabbitMQ: of the last one taken.",
            labels: labels
        ) {
            backlogs.all.compactMap { source, backlog in
                backlog.oldestAge.map {
                    MetricSample($0 / .seconds(1), labels: [source, backlog.queue])
                }
            }
        }
    }
}
