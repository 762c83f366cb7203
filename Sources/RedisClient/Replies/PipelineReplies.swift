/// The replies to a pipeline, in the order of its commands.
///
/// An error reply is a value here: the other commands of the pipeline were executed all the same.
public struct PipelineReplies: RandomAccessCollection, Sendable {
    let storage: ReplyStorage
    let roots: [UInt32]

    /// The first command.
    public var startIndex: Int { 0 }
    /// As many as there were commands.
    public var endIndex: Int { roots.count }
    /// The reply to the command at `index`.
    public subscript(index: Int) -> RedisReply {
        RedisReply(storage: storage, place: Int(roots[index]))
    }

    /// The first error among the replies.
    public var firstError: RedisError? {
        for root in roots where storage.tokens[Int(root)].kind == .error {
            return RedisReply(storage: storage, place: Int(root)).error
        }
        return nil
    }
}
