import RedisClient
import Synchronization
import Telemetry

extension RedisStreamSource {
    /// How many own jobs of a stream one look goes through.
    private static let reviewLength = 10_000
    /// How long a consumer may stand still and go on with a job that was claimed meanwhile.
    private static let claimMarkLife = Duration.seconds(600)

    /// Jobs that nobody works on: own ones that this process has lost track of, and those of
    /// consumers whose lease has run out.
    func claimAbandoned(atMost count: Int) async throws(RedisError) -> [StreamEntry] {
        let generations = [await reader.generation, await writer.generation]
        let (review, look) = state.withLock { state in
            state.claims.connections(generations, at: now())
            return (state.claims.takeOwnReview(), state.claims.takeLook(at: now()))
        }
        if review {
            // A process that lost track of jobs has not died of them.
            let isInherited = !state.withLock { $0.hasRead }
            let entries = try await reviewOwn(atMost: count).map { $0.suspected(isInherited) }
            if !entries.isEmpty { return told(entries, "own jobs taken up again") }
        }
        guard look else { return [] }
        let entries = try await claimFromDead(atMost: count)
        if !entries.isEmpty { state.withLock { $0.claims.lookSoon() } }
        return told(entries, "jobs of dead consumers claimed")
    }

    private func told(_ entries: [StreamEntry], _ message: StaticString) -> [StreamEntry] {
        if !entries.isEmpty { logger.info(message, ["jobs": .integer(entries.count)]) }
        return entries
    }

    private func claimFromDead(atMost count: Int) async throws(RedisError) -> [StreamEntry] {
        let reply = try await writer.run(
            StreamScripts.claim.call(
                keys: streams,
                ControlKeys.group,
                options.consumer,
                keys.leasePrefix,
                count,
                Int(options.forgetConsumersAfter / .milliseconds(1)),
                keys.claimed,
                Int(Self.claimMarkLife / .milliseconds(1))
            )
        )
        return StreamEntry.read(claimed: reply, kinds: options.kinds).map { $0.suspected() }
    }

    /// What Redis says this consumer holds, and this process does not know of.
    private func reviewOwn(atMost count: Int) async throws(RedisError) -> [StreamEntry] {
        do throws(RedisError) {
            let held = try await pendingIDs()
            let known = state.withLock { state in
                Set(state.outstanding.values.joined().map(\.identity))
            }
            var pipeline = Pipeline()
            var places: [Int] = []
            for (stream, ids) in held.enumerated() {
                let lost = ids.filter { !known.contains(StreamEntry.Identity(stream, $0)) }
                    .prefix(count)
                guard !lost.isEmpty else { continue }
                var claim = RedisCommand(
                    "XCLAIM",
                    streams[stream],
                    ControlKeys.group,
                    options.consumer,
                    0
                )
                claim.append(contentsOf: lost)
                pipeline.append(claim)
                places.append(stream)
                if lost.count == count { state.withLock { $0.claims.lostTrack() } }
            }
            guard !pipeline.isEmpty else { return [] }
            let replies = try await writer.execute(pipeline)
            if let error = replies.firstError { throw error }
            return zip(places, replies)
                .flatMap { StreamEntry.read($1, of: $0, kinds: options.kinds) }
        } catch {
            state.withLock { $0.claims.lostTrack() }
            throw error
        }
    }

    private func pendingIDs() async throws(RedisError) -> [[ArraySlice<UInt8>]] {
        var pipeline = Pipeline()
        for stream in streams {
            pipeline.append(
                "XPENDING",
                stream,
                ControlKeys.group,
                "-",
                "+",
                Self.reviewLength,
                options.consumer
            )
        }
        let replies = try await writer.execute(pipeline)
        if let error = replies.firstError { throw error }
        return replies.map { reply in (reply.elements ?? nil)?.compactMap { $0[0]?.bytes } ?? [] }
    }
}
