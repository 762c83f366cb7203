extension EventLedger {
    private static let kinds = ["invalidate", "warm", "cleanup", "task"]
    private static let retrySteps = ["1s", "5s", "30s", "5m", "1h"]

    /// Jobs that wait anywhere or are held by anybody.
    func pending() async throws -> Int {
        let probe = try jobs.probe()
        var count = try probe.command("ZCARD", "{cw}:jobs:delayed").integer ?? 0
        for kind in Self.kinds {
            count += try probe.command("XLEN", "{cw}:jobs:\(kind)").integer ?? 0
        }
        guard count == 0, let host = deployment.host else { return count }
        let queues = Self.kinds.map { "cache.\($0)" } + Self.retrySteps.map { "cache.retry.\($0)" }
        for queue in queues {
            let depth = try await host.depth(of: queue)
            count += (depth?.ready ?? 0) + (depth?.unacknowledged ?? 0)
        }
        return count
    }

    /// Where jobs of the streams still are: entries, and who holds how many.
    func holders() throws -> [String] {
        let probe = try jobs.probe()
        return try Self.kinds.compactMap { kind in
            let key = "{cw}:jobs:\(kind)"
            let length = try probe.command("XLEN", key).integer ?? 0
            guard length > 0 else { return nil }
            let summary = try probe.command("XPENDING", key, "workers").elements
            let consumers = summary.last?.elements.map { $0.texts.joined(separator: ": ") } ?? []
            return "\(kind): \(length) entries, held by \(consumers)"
        }
    }

    /// The ids in the dead letters of both transports; those of the broker are taken out.
    func deadLetters() async throws -> [String: String] {
        var letters: [String: String] = [:]
        for letter in try JobStream.deadLetters(jobs.probe()) {
            let text = String(decoding: letter["event"] ?? [], as: UTF8.self)
            let reason = String(decoding: letter["reason"] ?? [], as: UTF8.self)
            if let id = LedgerEvent.id(in: text, mark: mark) { letters[id] = reason }
        }
        guard let host = deployment.host,
            try await host.depth(of: "cache.dead")?.ready ?? 0 > 0
        else { return letters }
        while let text = try await host.get("cache.dead") {
            if let id = LedgerEvent.id(in: text, mark: mark) { letters[id] = "on the broker" }
        }
        return letters
    }

    /// Counts how often each key was announced, as far as the journal reaches back.
    func lookAtJournal(_ events: [LedgerEvent], _ verdict: inout LedgerVerdict) throws {
        let probe = try jobs.probe()
        let entries = try probe.command("XRANGE", "{cw}:journal", "-", "+").elements
        var announced: [String: Int] = [:]
        var numbers: [Int] = []
        for entry in entries {
            let id = entry.elements.first?.text ?? ""
            let text = entry.elements.last?.texts.last ?? ""
            let message = try CoherenceMessage(text)
            if id != "\(message.s)-0" { verdict.journalGaps.append("\(id) holds \(message.s)") }
            numbers.append(message.s)
            for key in message.k ?? [] { announced[key, default: 0] += 1 }
        }
        for (before, after) in zip(numbers, numbers.dropFirst()) where after != before + 1 {
            verdict.journalGaps.append("\(after) follows \(before)")
        }
        // Trimmed: what is missing may have been announced before.
        let isComplete = numbers.first == 1
        // Where jobs and data are on two servers, every change is announced before and after.
        let usual = jobs === deployment.redis ? 1 : 2
        for event in events where event.kind != .series && verdict.deadLettered[event.id] == nil {
            let count = announced[event.key] ?? 0
            if count > usual { verdict.duplicates[event.id] = count - usual }
            if count == 0 && isComplete {
                verdict.lost.append("\(event.id) was never announced")
            }
        }
    }
}
