import CacheDomain
import Testing

/// What a tracker does when parts are missing, too much comes, or what nobody knows.
extension CoherenceTrackerTests {
    // MARK: Parts of the log that are missing

    @Test mutating func `a journal without its counter is no log, and found out once`() throws {
        try follow(from: 3)
        var actions = tracker.heard(heartbeat(0, ""))
        actions = tracker.journalRead(
            [message(3), message(4)],
            last: .start,
            for: try query(actions)
        )
        #expect(actions.first == .distrustEverything(.rolledBack))
        let leftover = [message(2), message(3), message(4)]
        #expect(
            tracker.journalRead(leftover, last: .start, for: try query(actions)) == [.caughtUp]
        )
        for _ in 0..<3 { #expect(tracker.heard(heartbeat(0, "")) == []) }
        #expect(tracker.heard(message(1, "f")) == [applied(1, "f")])
    }

    @Test mutating func `what is left behind the counter is not waited for`() throws {
        try follow(from: 5)
        _ = tracker.heard(message(6))
        var actions = tracker.heard(heartbeat(2))
        let leftover = [message(2), message(40), message(41)]
        actions = tracker.journalRead(leftover, last: position(2), for: try query(actions))
        #expect(actions.first == .distrustEverything(.rolledBack))
        #expect(
            tracker.journalRead(leftover, last: position(2), for: try query(actions))
                == [.caughtUp]
        )
        for _ in 0..<3 { #expect(tracker.heard(heartbeat(2)) == []) }
    }

    @Test mutating func `a counter without its journal costs the tier once`() throws {
        try follow(from: 3)
        for _ in 0..<3 { #expect(tracker.heard(heartbeat(3)) == []) }
        let gap = try query(tracker.heard(heartbeat(4)))
        let actions = tracker.journalRead([], last: position(4), for: gap)
        #expect(actions.first == .distrustEverything(.journalTrimmed))
        #expect(
            tracker.journalRead([], last: position(4), for: try query(actions)) == [.caughtUp]
        )
        for _ in 0..<3 { #expect(tracker.heard(heartbeat(4)) == []) }
    }

    // MARK: A log that went back before anything was heard of it

    @Test mutating func `a log that ends before the last message applied may have gone back`()
        throws
    {
        try follow(from: 3)
        var doubt = tracker.heard(heartbeat(2))
        #expect(doubt.contains(.forgetAhead(of: position(3))))
        // It was a late heartbeat.
        var actions = tracker.journalRead([message(3)], last: position(3), for: try query(doubt))
        #expect(actions == [.caughtUp])
        doubt = tracker.heard(heartbeat(2))
        actions = tracker.journalRead([], last: position(2), for: try query(doubt))
        #expect(actions.first == .distrustEverything(.rolledBack))
    }

    @Test mutating func `another message in the place of the last one is of another life`() throws {
        try follow(from: 3)
        let other = message(3, key: "other")
        let doubt = tracker.heard(other)
        let actions = tracker.journalRead([other], last: position(3), for: try query(doubt))
        #expect(actions.first == .distrustEverything(.rolledBack))
    }

    @Test mutating func `the last message once more says nothing`() throws {
        try follow(from: 3)
        #expect(tracker.heard(message(3)) == [])
    }

    // MARK: Waiting messages

    @Test mutating func `however many messages raise doubts, there is one question at a time`()
        throws
    {
        try follow(from: 3)
        let gap = try query(tracker.heard(heartbeat(4)))
        for _ in 0..<50 { #expect(tracker.heard(message(1, "other")) == []) }
        let page = [message(3), message(4)]
        var actions = tracker.journalRead(page, last: position(4), for: gap)
        #expect(actions.first == applied(4))
        actions = tracker.journalRead([message(4)], last: position(4), for: try query(actions))
        #expect(actions == [.caughtUp])
    }

    @Test mutating func `a canary that waited counts when the journal has been read`() throws {
        try follow(from: 3)
        var gap = try query(tracker.heard(message(5)))
        let canary = CoherenceMessage(
            position: position(5),
            node: "n",
            announcement: Announcement(),
            canary: "mine"
        )
        #expect(tracker.heard(canary.encoded[...]) == [])
        var actions = tracker.journalRead([message(3), message(4)], last: position(5), for: gap)
        gap = try query(actions)
        actions = tracker.journalRead([message(4), message(5)], last: position(5), for: gap)
        #expect(actions == [applied(5), .caughtUp, .heard(canary: "mine")])
    }

    @Test mutating func `when too many have waited, the journal is read to its end again`() throws {
        try follow(from: 3)
        let gap = try query(tracker.heard(heartbeat(4)))
        for _ in 0...10_000 { _ = tracker.heard(heartbeat(4)) }
        let page = [message(3), message(4)]
        let actions = tracker.journalRead(page, last: position(4), for: gap)
        #expect(!actions.contains(.caughtUp))
        let rest = [message(4), message(5)]
        #expect(
            tracker.journalRead(rest, last: position(5), for: try query(actions))
                == [applied(5), .caughtUp]
        )
    }

    // MARK: Versions

    @Test mutating func `a message of an unknown version makes everything doubtful and goes on`()
        throws
    {
        try follow(from: 3)
        let unknown = CoherenceMessage(
            position: position(4),
            node: "n",
            announcement: Announcement(),
            version: 2
        )
        #expect(tracker.heard(unknown.encoded[...]) == [.distrustEverything(.unknownVersion)])
        #expect(tracker.applied == position(4))
        #expect(tracker.heard(message(5)) == [applied(5)])
        let heartbeat = CoherenceMessage(
            position: position(5),
            node: "n",
            announcement: Announcement(),
            canary: "c",
            version: 2
        )
        #expect(tracker.heard(heartbeat.encoded[...]) == [.heard(canary: "c")])
    }
}
