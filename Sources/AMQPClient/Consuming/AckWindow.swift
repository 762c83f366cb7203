/// Which deliveries of one channel are settled, and the fewest frames that say so.
///
/// The broker numbers the deliveries of a channel 1, 2, 3 … Acknowledging "all up to T" is one
/// frame, but T itself must be unsettled at the broker, and nothing below it may be in work still.
/// So the window knows the lowest unsettled tag, and which above it are settled.
struct AckWindow {
    /// Settled tags in front are forgotten in blocks of this many.
    private static let compactionCount = 4_096

    private(set) var lowestUnsettled: UInt64 = 1
    /// One entry for each tag from the lowest unsettled on, after `head` stale ones.
    private var isSettled: [Bool] = []
    private var head = 0
    /// Tags acknowledged since the last `takeAcks`.
    private var acknowledged: [UInt64] = []

    private var nextTag: UInt64 { lowestUnsettled + UInt64(isSettled.count - head) }

    /// How many deliveries there have been.
    var deliveredCount: UInt64 { nextTag - 1 }

    /// How many deliveries are unsettled.
    var unsettledCount: Int { isSettled[head...].count { !$0 } }

    /// How many deliveries are unsettled, or settled above an unsettled one.
    var count: Int { isSettled.count - head }

    /// Counts a delivery; the tags of a channel have no gaps.
    mutating func delivered(_ tag: UInt64) throws(AMQPError) {
        guard tag == nextTag else {
            throw AMQPError(
                .protocolViolation,
                "the broker numbered a delivery \(tag), its place is \(nextTag)"
            )
        }
        isSettled.append(false)
    }

    /// Notes an acknowledgement for `takeAcks`; false when the delivery is settled already.
    mutating func acknowledge(_ tag: UInt64) -> Bool {
        guard settle(tag) else { return false }
        acknowledged.append(tag)
        return true
    }

    /// Notes that the delivery was handed back; false when it is settled already.
    mutating func settle(_ tag: UInt64) -> Bool {
        guard tag >= lowestUnsettled, tag < nextTag else { return false }
        let index = head + Int(tag - lowestUnsettled)
        guard !isSettled[index] else { return false }
        isSettled[index] = true
        while head < isSettled.count, isSettled[head] {
            head += 1
            lowestUnsettled += 1
        }
        if head >= Self.compactionCount || head == isSettled.count {
            isSettled.removeFirst(head)
            head = 0
        }
        return true
    }

    /// One acknowledgement of a tag, or of all up to it.
    struct Ack: Equatable {
        let tag: UInt64
        let isMultiple: Bool
    }

    /// What to send for everything acknowledged since the last call.
    mutating func takeAcks() -> [Ack] {
        var upTo: UInt64 = 0
        var single: [Ack] = []
        for tag in acknowledged {
            if tag < lowestUnsettled {
                upTo = max(upTo, tag)
            } else {
                single.append(Ack(tag: tag, isMultiple: false))
            }
        }
        acknowledged.removeAll(keepingCapacity: true)
        return upTo > 0 ? [Ack(tag: upTo, isMultiple: true)] + single : single
    }
}
