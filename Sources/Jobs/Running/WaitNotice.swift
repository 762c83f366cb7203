/// Tells when jobs of a source wait for what all need, and when they wait no longer.
struct WaitNotice: Sendable {
    /// The name of the source.
    let source: String
    /// Hears of it.
    let incident: @Sendable (WorkerIncident) -> Void

    /// What waits is tried again; `isWaiting` is false before the first time, and true then.
    func retries(_ reason: String, _ isWaiting: inout Bool) {
        incident(.stepRetried(source: source, reason: reason, isFirst: !isWaiting))
        isWaiting = true
    }

    /// What was tried again, if it was, waits no longer, however it ended.
    func ends(_ isWaiting: Bool) {
        if isWaiting { incident(.stepWentOn(source: source)) }
    }
}
