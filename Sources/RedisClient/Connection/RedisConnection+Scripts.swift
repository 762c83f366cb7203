extension RedisConnection {
    /// Runs a script by its digest, and with its source when the server does not know it.
    ///
    /// A server that does not know a script has done nothing, so the second call is no repetition.
    public func run(_ call: RedisScriptCall) async throws(RedisError) -> RedisReply {
        do throws(RedisError) {
            return try await execute(call.byDigest)
        } catch {
            guard error.code == .server(.noScript) else { throw error }
            return try await execute(call.bySource)
        }
    }

    /// Executes commands and then script calls in one write; error replies are values.
    ///
    /// One that fails does not stop the others, so none may depend on another. Calls of scripts
    /// that the server does not know, which have done nothing, follow in another write, the first
    /// of each script with its source. Throws when it is not known what became of some.
    /// - Returns: The replies to the commands, then those to the calls.
    public func run(
        _ commands: [RedisCommand],
        and calls: [RedisScriptCall]
    ) async throws(RedisError) -> [RedisReply] {
        var pipeline = Pipeline()
        for command in commands { pipeline.append(command) }
        for call in calls { pipeline.append(call) }
        var replies = Array(try await execute(pipeline))
        var unknown = calls.indices.filter { replies[commands.count + $0].saysNoScript }
        while !unknown.isEmpty {
            var pipeline = Pipeline()
            var sent: Set<String> = []
            for index in unknown {
                let call = calls[index]
                let isFirst = sent.insert(call.script.digest).inserted
                pipeline.append(isFirst ? call.bySource : call.byDigest)
            }
            for (index, reply) in zip(unknown, try await execute(pipeline)) {
                replies[commands.count + index] = reply
            }
            // Somebody may have emptied the server's memory of scripts in between; the calls with
            // a source have run all the same.
            let left = unknown.filter { replies[commands.count + $0].saysNoScript }
            guard left.count < unknown.count else { break }
            unknown = left
        }
        return replies
    }
}

extension RedisReply {
    fileprivate var saysNoScript: Bool { error?.code == .server(.noScript) }
}
