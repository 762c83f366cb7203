import CacheDomain

extension SessionConformance {
    static let finding: [Check<SessionSubject>] = [
        Check("The sessions of a user are his own, those that changed last first") { subject in
            let sessions = try await several(4, subject)
            _ = try await made(subject, user: "other")
            let message = MessageDraft(role: "user", content: "again")
            subject.clock.move(.seconds(1))
            _ = try await subject.repository.add(message, to: sessions[1].id)
            let found = try await subject.repository.sessions(ofUser: "u").map(\.id)
            try require("the order", found, is: [1, 3, 2, 0].map { sessions[$0].id })
            let two = try await subject.repository.sessions(
                ofUser: "u",
                activeOnly: true,
                limit: 2
            )
            try require("the first two", two.map(\.id), is: [1, 3].map { sessions[$0].id })
        },
        Check("Who has expired does not go on, whether or not a cleanup came round") { subject in
            let sessions = try await several(2, subject)
            _ = try await subject.repository.setStatus(.completed, of: [sessions[0].id])
            let active = try await subject.repository.sessions(ofUser: "u").map(\.id)
            try require("those that go on", active, is: [sessions[1].id])
            subject.clock.move(.seconds(4_000))
            let later = try await subject.repository.sessions(ofUser: "u")
            try require(later.isEmpty, "an expired session goes on")
            let all = try await subject.repository.sessions(
                ofUser: "u",
                activeOnly: false,
                limit: 10
            )
            try require("all", all.count, is: 2)
        },
        Check("Statistics count sessions, those that go on, and messages") { subject in
            let none = try await subject.repository.statistics(ofUser: "u")
            try require("of nobody", none.averageMessagesPerSession, is: 0)
            let sessions = try await several(4, subject)
            _ = try await subject.repository.setStatus(.completed, of: [sessions[0].id])
            let message = MessageDraft(role: "user", content: "x")
            for number in 0..<6 {
                _ = try await subject.repository.add(message, to: sessions[number % 4].id)
            }
            let found = try await subject.repository.statistics(ofUser: "u")
            let expected = SessionStatistics(
                totalSessions: 4,
                activeSessions: 3,
                totalMessages: 6
            )
            try require("the statistics", found, is: expected)
            try require("messages a session", found.averageMessagesPerSession, is: 1.5)
        },
        Check("Pages hold every session once, and know how many there are") { subject in
            let sessions = try await several(7, subject)
            var seen: [SessionID] = []
            for number in 1...3 {
                let page = try await subject.repository.page(number, size: 3, ofUser: "u")
                try require("the pages", page.totalPages, is: 3)
                try require("the sessions", page.totalSessions, is: 7)
                seen += page.sessions.map(\.id)
            }
            try require("all", seen, is: sessions.reversed().map(\.id))
            let beyond = try await subject.repository.page(4, size: 3, ofUser: "u")
            try require(beyond.sessions.isEmpty, "a page beyond the end holds something")
            let nobody = try await subject.repository.page(1, size: 3, ofUser: "nobody")
            try require("pages of nobody", nobody.totalPages, is: 0)
        },
        Check("A text is found in titles and messages, in any case") { subject in
            let titled = try await made(subject, title: "Debug \u{C9}cole PYTHON script")
            let talked = try await made(subject)
            _ = try await made(subject, title: "Something else")
            _ = try await made(subject, user: "other", title: "python")
            let message = MessageDraft(role: "user", content: "How do I learn Python?")
            for _ in 0..<2 { _ = try await subject.repository.add(message, to: talked.id) }
            let found = try await subject.repository.search("python", ofUser: "u")
            try require("found", Set(found.map(\.id)), is: Set([titled.id, talked.id]))
            let accented = try await subject.repository.search("\u{E9}COLE", ofUser: "u")
            try require("with an accent", accented.map(\.id), is: [titled.id])
            let one = try await subject.repository.search("python", ofUser: "u", limit: 1)
            try require("one", one.count, is: 1)
        },
        Check("A text is only a text: % and _ and \\ stand for themselves") { subject in
            for title in ["100% sure", "100 times", "a_b", "acb", #"c:\temp"#, "c:/temp"] {
                _ = try await made(subject, title: title)
            }
            for (text, title) in [("0%", "100% sure"), ("a_b", "a_b"), (#":\t"#, #"c:\temp"#)] {
                let found = try await subject.repository.search(text, ofUser: "u")
                try require("found by \(text)", found.map(\.title), is: [title])
            }
            let all = try await subject.repository.search("", ofUser: "u")
            try require(all.isEmpty, "an empty text is found in something")
        },
    ]

    /// Sessions of the user `u`, each a second younger than the one before.
    private static func several(
        _ count: Int,
        _ subject: SessionSubject
    ) async throws -> [AgentSession] {
        var sessions: [AgentSession] = []
        for _ in 0..<count {
            subject.clock.move(.seconds(1))
            sessions.append(try await made(subject))
        }
        return sessions
    }
}
