import Jobs

/// Looks, again and again, at what can only be seen from the event loop, or costs a question to a
/// server, and keeps it for those who ask over HTTP.
struct Monitor {
    /// How often the connections are looked at; each look is a beat of the loop.
    static let lookInterval = Duration.milliseconds(500)
    /// How often the queues are measured.
    static let measureInterval = Duration.seconds(5)

    let connections: ConnectionBoard
    let sources: [any JobSource]
    let health: Health
    let backlogs: BacklogBoard
    var clock: any Clock<Duration> = ContinuousClock()

    /// Looks and measures until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await look() }
            // One slow server must not keep the queues of another from being seen.
            for (place, source) in sources.enumerated() {
                group.addTask { await measure(source, at: place) }
            }
        }
    }

    private func look() async {
        repeat {
            health.beat(await connections.reports())
        } while await pause(Self.lookInterval)
    }

    private func measure(_ source: any JobSource, at place: Int) async {
        repeat {
            // No number is better than an old one; what is wrong with the server is in the log.
            let measured = (try? await source.backlogs()) ?? []
            backlogs.put(measured, of: source.name, at: place)
        } while await pause(Self.measureInterval)
    }

    private func pause(_ duration: Duration) async -> Bool {
        do {
            try await clock.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}
