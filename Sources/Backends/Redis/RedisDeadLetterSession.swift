import Jobs
import RedisClient

/// A walk over the stream of the dead letters.
final class RedisDeadLetterSession: DeadLetterSession {
    let isComplete = true
    private let connection: RedisConnection
    private let keys: ControlKeys
    private let pageSize: Int
    private var next = Position.end

    private enum Position {
        /// Entries after `start`, which is none of them, up to `end`.
        case between(start: String, end: String)
        case named(ArraySlice<String>)
        case end
    }

    init(connection: RedisConnection, keys: ControlKeys, pageSize: Int) {
        self.connection = connection
        self.keys = keys
        self.pageSize = pageSize
    }

    /// Looks where the walk ends: what is added from now on is not part of it.
    func begin(_ extent: DeadLetterRange.Extent) async throws(DeadLetterError) {
        switch extent {
        case .named(let ids): next = .named(ids[...])
        case .all:
            let last = try await read(
                RedisCommand("XREVRANGE", keys.deadLetters, "+", "-", "COUNT", 1)
            )
            next = last.first.map { .between(start: "0-0", end: $0.id) } ?? .end
        }
    }

    func nextPage() async throws(DeadLetterError) -> [DeadLetter] {
        switch next {
        case .end: return []
        case .named(let ids):
            var letters: [DeadLetter] = []
            for id in ids.prefix(pageSize) {
                letters += try await read(RedisCommand("XRANGE", keys.deadLetters, id, id))
            }
            let rest = ids.dropFirst(pageSize)
            next = rest.isEmpty ? .end : .named(rest)
            return letters.isEmpty ? try await nextPage() : letters
        case .between(let start, let end):
            let letters = try await read(
                RedisCommand("XRANGE", keys.deadLetters, "(\(start)", end, "COUNT", pageSize)
            )
            next = letters.last.map { .between(start: $0.id, end: end) } ?? .end
            return letters
        }
    }

    func requeue(_ requests: [DeadLetterRequeue]) async throws(DeadLetterError) -> [Bool] {
        guard !requests.isEmpty else { return [] }
        let streams = keys.jobStreams
        var call = StreamScripts.requeue.call(keyCount: 1 + streams.count)
        call.append(keys.deadLetters)
        call.append(contentsOf: streams)
        for request in requests {
            let stream = keys.stream(of: request.kind)
            call.append(request.letter.id)
            // Lua counts from 1, and the dead letters come first.
            call.append((streams.firstIndex(of: stream) ?? 0) + 2)
            call.append(request.edited.map { $0[...] } ?? request.letter.delivery.body)
        }
        do throws(RedisError) {
            let reply = try await connection.run(call)
            return requests.indices.map { reply[$0]?.integer == 1 }
        } catch {
            throw DeadLetterError(error)
        }
    }

    func remove(_ letters: [DeadLetter]) async throws(DeadLetterError) -> [Bool] {
        var pipeline = Pipeline()
        for letter in letters { pipeline.append("XDEL", keys.deadLetters, letter.id) }
        do throws(RedisError) {
            let replies = try await connection.execute(pipeline)
            if let error = replies.firstError { throw error }
            return replies.map { $0.integer == 1 }
        } catch {
            throw DeadLetterError(error)
        }
    }

    private func read(_ command: RedisCommand) async throws(DeadLetterError) -> [DeadLetter] {
        do throws(RedisError) {
            let reply = try await connection.execute(command)
            return reply.elements?.compactMap { DeadLetter(streamEntry: $0, keys: keys) } ?? []
        } catch {
            throw DeadLetterError(error)
        }
    }
}

extension DeadLetter {
    /// A letter from an entry: its id, then names and values in turn.
    fileprivate init?(streamEntry entry: RedisReply, keys: ControlKeys) {
        guard let id = entry[0]?.string, let fields = entry[1]?.elements else { return nil }
        var failure = Failure()
        var event = ArraySlice<UInt8>()
        var name: String?
        for field in fields {
            guard let known = name else {
                name = field.string
                continue
            }
            name = nil
            let text = field.string ?? ""
            switch known {
            case "event": event = field.bytes ?? []
            case "reason": failure.reason = text
            case "error": failure.error = text
            case "origin": failure.origin = text
            case "attempts": failure.attempts = Int(text)
            case "failedAt": failure.failedAt = WallTime(text)
            default: failure.others.append((known, text))
            }
        }
        // Else the clock of Redis, by which the letter got its id when it was stored.
        let stored = Int64(id.prefix { $0 != "-" }).map(WallTime.init(milliseconds:))
        failure.failedAt = failure.failedAt ?? stored
        failure.originKind = JobKind.allCases.first {
            failure.origin.hasPrefix(keys.stream(of: $0) + " ")
        }
        self.init(
            id: id,
            transport: .stream,
            delivery: Delivery(body: event),
            failure: failure
        )
    }
}
