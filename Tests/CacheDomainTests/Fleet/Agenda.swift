/// What happens when: by milliseconds, and within one in the order in which it was entered.
struct Agenda<Event> {
    private var events: [[Event]]
    /// A bit for each millisecond that has events.
    private var words: [UInt64]

    /// An empty agenda; what comes later than `end` is never done.
    init(end: Int) {
        events = Array(repeating: [], count: end + 1)
        words = Array(repeating: 0, count: end / 64 + 1)
    }

    mutating func add(_ event: Event, at moment: Int) {
        guard moment < events.count else { return }
        events[moment].append(event)
        words[moment >> 6] |= 1 << UInt64(moment & 63)
    }

    /// The first millisecond with events, not before that one.
    func next(from moment: Int) -> Int? {
        var place = moment >> 6
        guard place < words.count else { return nil }
        var word = words[place] & (.max << UInt64(moment & 63))
        while word == 0 {
            place += 1
            guard place < words.count else { return nil }
            word = words[place]
        }
        return place << 6 + word.trailingZeroBitCount
    }

    /// Takes the events of a millisecond.
    mutating func take(_ moment: Int) -> [Event] {
        words[moment >> 6] &= ~(1 << UInt64(moment & 63))
        defer { events[moment] = [] }
        return events[moment]
    }
}
