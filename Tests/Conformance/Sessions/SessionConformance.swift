import CacheDomain
import Codecs

/// What every `SessionRepository` promises, in memory or in a database.
public enum SessionConformance: Sendable {
    /// All promises; each wants a repository of its own.
    public static let checks = keeping + changing + finding

    private static let keeping: [Check<SessionSubject>] = [
        Check("A session comes back as it was made, whatever its texts") { subject in
            let texts = ["Debug \"x\"; --", "caf\u{E9} \u{1F600}", "100% _a_ \\ b", "'"]
            for text in texts {
                let draft = SessionDraft(
                    userID: text,
                    agentID: text,
                    title: text,
                    context: try JSONObjectText(#"{"a":[1,2.50,null]}"#),
                    metadata: try JSONObjectText(#"{"b":"c"}"#)
                )
                let made = try await subject.repository.create(draft)
                try require("the title", made.title, is: text)
                try require("a new session goes on", made.status, is: .active)
                let found = try await subject.repository.session(made.id)
                try require("the session", found, is: made)
            }
        },
        Check("What is not there is nil, or an error that says so") { subject in
            let id = SessionID.random()
            try require("no session", try await subject.repository.session(id), is: nil)
            try require("no transcript", try await subject.repository.transcript(of: id), is: nil)
            try await refused(.notFound) {
                let message = MessageDraft(role: "user", content: "")
                _ = try await subject.repository.add(message, to: id)
            }
            try await refused(.notFound) {
                _ = try await subject.repository.updateContext(of: id, with: .empty)
            }
        },
        Check("What can never be stored is refused") { subject in
            let repository = subject.repository
            for (user, agent) in [("", "a"), ("u", ""), ("u\u{0}", "a")] {
                try await refused(.invalid) {
                    _ = try await repository.create(SessionDraft(userID: user, agentID: agent))
                }
            }
            let session = try await made(subject)
            try await refused(.invalid) {
                _ = try await repository.add(MessageDraft(role: "", content: "x"), to: session.id)
            }
            try await refused(.invalid) { _ = try await repository.page(0, size: 1, ofUser: "u") }
            try await refused(.invalid) { _ = try await repository.page(1, size: 0, ofUser: "u") }
            try await refused(.invalid) {
                _ = try await repository.search("x", ofUser: "u", limit: 0)
            }
        },
        Check("Messages stand in the order they were added in, beyond the wanted number too") {
            subject in
            let session = try await made(subject)
            for number in 1...5 {
                subject.clock.move(.seconds(1))
                let message = MessageDraft(
                    role: "user",
                    content: "text \(number)",
                    metadata: try JSONObjectText(#"{"n":\#(number)}"#)
                )
                let added = try await subject.repository.add(message, to: session.id)
                try require("the place", added.position, is: number)
            }
            let transcript = try await subject.repository.transcript(of: session.id)
            let contents = transcript?.messages.map(\.content) ?? []
            try require("the messages", contents, is: (1...5).map { "text \($0)" })
            try require("the count", transcript?.session.messageCount, is: 5)
            try require("it changed last", transcript?.session.updatedAt, is: subject.clock.now)
        },
        Check("Of messages added at the same time each has a place of its own") { subject in
            let session = try await made(subject)
            let message = MessageDraft(role: "user", content: "text")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await subject.repository.add(message, to: session.id).position
                    }
                }
                var places: [Int] = []
                for try await place in group { places.append(place) }
                try require("the places", places.sorted(), is: Array(1...20))
            }
        },
    ]

    private static let changing: [Check<SessionSubject>] = [
        Check("New values of the context take the place of old ones, and others stay") { subject in
            let draft = SessionDraft(
                userID: "u",
                agentID: "a",
                context: try JSONObjectText(#"{"language":"swift","mode":"fast"}"#)
            )
            let session = try await subject.repository.create(draft)
            let changes = try JSONObjectText(#"{"mode":"debug","depth":2}"#)
            let updated = try await subject.repository.updateContext(of: session.id, with: changes)
            let expected = #"{"language":"swift","mode":"debug","depth":2}"#
            try require("the context", updated.context.text, is: expected)
            let found = try await subject.repository.session(session.id)
            try require("the session", found, is: updated)
        },
        Check("Contexts that change at the same time lose no change") { subject in
            let session = try await made(subject)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    let change = try JSONObjectText(#"{"n\#(number)":\#(number)}"#)
                    group.addTask {
                        let id = session.id
                        _ = try await subject.repository.updateContext(of: id, with: change)
                    }
                }
                try await group.waitForAll()
            }
            let text = try await subject.repository.session(session.id)?.context.text ?? ""
            for number in 0..<10 {
                try require(
                    text.contains(#""n\#(number)":\#(number)"#),
                    "a change is lost: \(text)"
                )
            }
        },
        Check("Expired sessions are completed, once, and those that live stay") { subject in
            let old = try await made(subject)
            let touched = try await made(subject)
            let paused = try await made(subject)
            _ = try await subject.repository.setStatus(.paused, of: [paused.id])
            subject.clock.move(.seconds(3_000))
            let message = MessageDraft(role: "user", content: "still here")
            _ = try await subject.repository.add(message, to: touched.id)
            try require("none yet", try await subject.repository.completeExpired(), is: 0)
            subject.clock.move(.seconds(600))
            try require("the old one", try await subject.repository.completeExpired(), is: 1)
            try require("none twice", try await subject.repository.completeExpired(), is: 0)
            try require("the old one", try await status(old, subject), is: .completed)
            try require("the touched one", try await status(touched, subject), is: .active)
            try require("the paused one", try await status(paused, subject), is: .paused)
        },
        Check("A status is given to all that are there, and counted once each") { subject in
            let sessions = [try await made(subject), try await made(subject, user: "v")]
            let ids = sessions.map(\.id) + [sessions[0].id, .random()]
            let count = try await subject.repository.setStatus(.completed, of: ids)
            try require("the count", count, is: 2)
            for session in sessions {
                try require("the status", try await status(session, subject), is: .completed)
            }
            try require("none", try await subject.repository.setStatus(.failed, of: []), is: 0)
        },
    ]

    // MARK: Parts of the checks

    static func made(
        _ subject: SessionSubject,
        user: String = "u",
        title: String? = nil
    ) async throws -> AgentSession {
        let draft = SessionDraft(userID: user, agentID: "agent", title: title)
        return try await subject.repository.create(draft)
    }

    private static func status(
        _ session: AgentSession,
        _ subject: SessionSubject
    ) async throws -> AgentSession.Status? {
        try await subject.repository.session(session.id)?.status
    }

    private static func refused(
        _ code: SessionError.Code,
        _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as SessionError {
            return try require("why it was refused", error.code, is: code)
        }
        throw BrokenPromise(description: "expected a refusal (\(code)), and there was none")
    }
}
