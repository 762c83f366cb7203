/// Which published messages the broker has not judged yet, and whose they are.
///
/// The broker numbers the messages of a confirming channel 1, 2, 3 … and judges them one by one or
/// "all up to". A message that no queue takes comes back first, without its number, and is
/// confirmed after: the returned copy is told by what it says. Copies come back in the order of
/// publishing, so the search goes on behind the last one found; if two messages in flight are the
/// same in exchange, routing key and id, it makes no difference which of them came back.
struct ConfirmTracker {
    /// Names the messages of one `publish` call.
    struct Ticket: Hashable {
        fileprivate let number: UInt64
    }

    /// All messages of a ticket have been judged.
    struct Completion: Equatable {
        let ticket: Ticket
        let failures: [AMQPPublishError.Failure]
    }

    /// What a returned message is told by.
    struct Identity: Equatable {
        let exchange: String
        let routingKey: String
        let messageID: String?
    }

    private struct Entry {
        let ticket: Ticket
        let index: Int
        let identity: Identity
        var isJudged = false
        var returned: AMQPError?
    }

    private struct OpenTicket {
        var remaining: Int
        var failures: [AMQPPublishError.Failure] = []
    }

    /// Judged entries in front are forgotten in blocks of this many.
    private static let compactionCount = 4_096

    private var entries: [Entry] = []
    private var head = 0
    /// The broker's number of `entries[head]`.
    private var firstNumber: UInt64 = 1
    private var lastReturned: UInt64 = 0
    private var tickets: [Ticket: OpenTicket] = [:]
    private var lastTicket: UInt64 = 0

    /// How many messages wait for their verdict.
    var unconfirmedCount: Int { entries.count - head }

    private var nextNumber: UInt64 { firstNumber + UInt64(unconfirmedCount) }

    /// Begins a call of `count` messages, at least one.
    mutating func open(count: Int) -> Ticket {
        lastTicket += 1
        let ticket = Ticket(number: lastTicket)
        tickets[ticket] = OpenTicket(remaining: count)
        return ticket
    }

    /// Notes a message that is being written now.
    mutating func published(_ identity: Identity, _ ticket: Ticket, index: Int) {
        entries.append(Entry(ticket: ticket, index: index, identity: identity))
    }

    /// Notes a message that was not written.
    mutating func failed(_ error: AMQPError, _ ticket: Ticket, index: Int) -> Completion? {
        judge(ticket, AMQPPublishError.Failure(index: index, error: error))
    }

    /// Notes that a message came back; its confirm follows.
    mutating func returned(_ identity: Identity, _ error: AMQPError) {
        let start = max(lastReturned + 1, firstNumber)
        guard start < nextNumber else { return }
        for number in start..<nextNumber {
            let index = head + Int(number - firstNumber)
            guard !entries[index].isJudged, entries[index].identity == identity else { continue }
            entries[index].returned = error
            lastReturned = number
            return
        }
    }

    /// The broker took a message, or all up to it.
    mutating func acked(_ number: UInt64, isMultiple: Bool) throws(AMQPError) -> [Completion] {
        try judge(number, isMultiple, nil)
    }

    /// The broker refused a message, or all up to it.
    mutating func nacked(_ number: UInt64, isMultiple: Bool) throws(AMQPError) -> [Completion] {
        let error = AMQPError(.nacked, "the broker refused the message: its queue may be full")
        return try judge(number, isMultiple, error)
    }

    /// Gives up waiting for the rest of a ticket; verdicts that come later are of no interest.
    mutating func expire(_ ticket: Ticket, _ error: AMQPError) -> Completion? {
        guard var open = tickets.removeValue(forKey: ticket) else { return nil }
        for entry in entries[head...] where entry.ticket == ticket && !entry.isJudged {
            open.failures.append(AMQPPublishError.Failure(index: entry.index, error: error))
        }
        return completion(ticket, open)
    }

    /// The channel is gone: nobody will judge what is open, and numbers begin at 1 again.
    mutating func reset(_ error: AMQPError) -> [Completion] {
        var completions: [Completion] = []
        for entry in entries[head...] where !entry.isJudged {
            let failure = AMQPPublishError.Failure(index: entry.index, error: error)
            if let done = judge(entry.ticket, failure) { completions.append(done) }
        }
        entries.removeAll()
        head = 0
        firstNumber = 1
        lastReturned = 0
        return completions
    }

    private mutating func judge(
        _ number: UInt64,
        _ isMultiple: Bool,
        _ error: AMQPError?
    ) throws(AMQPError) -> [Completion] {
        // Number 0 with `multiple` means everything so far.
        let last = number == 0 && isMultiple ? nextNumber - 1 : number
        guard last < nextNumber, last > 0 || isMultiple else {
            throw AMQPError(
                .protocolViolation,
                "the broker judged message \(number), the last one was \(nextNumber - 1)"
            )
        }
        var completions: [Completion] = []
        var current = isMultiple ? firstNumber : last
        while current <= last {
            defer { current += 1 }
            guard current >= firstNumber else { continue }
            let index = head + Int(current - firstNumber)
            guard !entries[index].isJudged else { continue }
            entries[index].isJudged = true
            let entry = entries[index]
            let failure = (error ?? entry.returned)
                .map {
                    AMQPPublishError.Failure(index: entry.index, error: $0)
                }
            if let done = judge(entry.ticket, failure) { completions.append(done) }
        }
        forgetJudged()
        return completions
    }

    private mutating func judge(
        _ ticket: Ticket,
        _ failure: AMQPPublishError.Failure?
    ) -> Completion? {
        guard var open = tickets[ticket] else { return nil }
        open.remaining -= 1
        if let failure { open.failures.append(failure) }
        tickets[ticket] = open.remaining == 0 ? nil : open
        return open.remaining == 0 ? completion(ticket, open) : nil
    }

    private func completion(_ ticket: Ticket, _ open: OpenTicket) -> Completion {
        Completion(ticket: ticket, failures: open.failures.sorted { $0.index < $1.index })
    }

    private mutating func forgetJudged() {
        while head < entries.count, entries[head].isJudged {
            head += 1
            firstNumber += 1
        }
        if head >= Self.compactionCount || head == entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }
}
