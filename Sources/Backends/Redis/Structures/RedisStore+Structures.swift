public import CacheDomain
import RedisClient

extension RedisStore {
    /// Runs the steps as one script; what only looks, as commands between MULTI and EXEC.
    public func perform(_ steps: [StructureStep]) async throws(StoreError) -> StructureReceipt {
        for step in steps where !step.isReading { try refuseOwn(step.key) }
        let commands = steps.compactMap(\.command)
        if commands.count == steps.count {
            return StructureReceipt(answers: try await look(steps, commands), position: nil)
        }
        let announcement = Announcement(keys: steps.filter(\.isOfCopies).map(\.key))
        guard !announcement.isEmpty, isLogOnSameServer else {
            return try await perform(steps, announcingAround: announcement)
        }
        let reply = try await run(
            call(StructureScripts.performAndAnnounce, steps, announcing: announcement)
        )
        return StructureReceipt(
            answers: try answers(to: steps, reply),
            position: try log.position(in: reply, at: 2)
        )
    }

    /// Announces before and after, where the log is on another server, unless nothing is to be.
    private func perform(
        _ steps: [StructureStep],
        announcingAround announcement: Announcement
    ) async throws(StoreError) -> StructureReceipt {
        if !announcement.isEmpty { _ = try await log.announce(announcement) }
        let reply = try await run(call(StructureScripts.perform, steps, announcing: nil))
        let answers = try answers(to: steps, reply)
        let position = announcement.isEmpty ? nil : try await log.announce(announcement)
        return StructureReceipt(answers: answers, position: position)
    }

    private func look(
        _ steps: [StructureStep],
        _ commands: [RedisCommand]
    ) async throws(StoreError) -> [StructureAnswer] {
        if commands.count == 1 {
            return [try answer(to: steps[0], try await replies(to: Pipeline(commands[0]))[0])]
        }
        var pipeline = Pipeline()
        pipeline.append("MULTI")
        for command in commands { pipeline.append(command) }
        pipeline.append("EXEC")
        let all = try await replies(to: pipeline)
        guard let list = all.last?.elements, list.count == steps.count else {
            throw all.firstError.map(StoreError.init)
                ?? StoreError(.invalid, "Redis answered MULTI and EXEC with no list")
        }
        var answers: [StructureAnswer] = []
        for (step, reply) in zip(steps, list) { answers.append(try answer(to: step, reply)) }
        return answers
    }

    private func replies(to pipeline: Pipeline) async throws(StoreError) -> PipelineReplies {
        do throws(RedisError) {
            return try await connection.execute(pipeline)
        } catch {
            throw StoreError(error)
        }
    }

    private func answer(
        to step: StructureStep,
        _ reply: RedisReply
    ) throws(StoreError) -> StructureAnswer {
        if let error = reply.error {
            throw error.code == .server(.wrongType)
                ? .wrongStructure(step, holds: nil) : StoreError(error)
        }
        return try step.answer(in: reply)
    }

    private func call(
        _ script: RedisScript,
        _ steps: [StructureStep],
        announcing announcement: Announcement?
    ) -> RedisScriptCall {
        let logKeyCount = announcement == nil ? 0 : CoherenceScripts.logKeyCount
        var call = script.call(keyCount: logKeyCount + 1 + steps.count)
        if announcement != nil { log.appendKeys(to: &call) }
        call.append(log.keys.loads)
        for step in steps { call.append(step.key) }
        if let announcement { log.appendArguments(announcement, to: &call) }
        for step in steps { step.append(to: &call) }
        return call
    }

    private func answers(
        to steps: [StructureStep],
        _ reply: RedisReply
    ) throws(StoreError) -> [StructureAnswer] {
        let number = reply[1]?.integer.map { $0 - 1 } ?? 0
        switch reply[0]?.integer {
        case 0: break
        case StructureScripts.wrongStructure where steps.indices.contains(number):
            let kind = reply[2]?.string.flatMap(StructureStep.Kind.init)
            throw .wrongStructure(steps[number], holds: kind)
        case StructureScripts.noNumber where steps.indices.contains(number):
            throw .noNumber(steps[number])
        case StructureScripts.numberOutOfRange where steps.indices.contains(number):
            throw .numberOutOfRange(steps[number])
        default: throw .unexpected(reply, to: "a transaction")
        }
        guard let elements = reply[1]?.elements, elements.count == steps.count else {
            throw .unexpected(reply, to: "a transaction")
        }
        var answers: [StructureAnswer] = []
        for (step, element) in zip(steps, elements) {
            answers.append(try step.answer(in: element))
        }
        return answers
    }
}
