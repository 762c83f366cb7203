import CHiredis

/// Receives hiredis' callbacks and writes them on a tape: no object per element.
///
/// hiredis carries an opaque object for each element; ours is the place of its token plus one.
/// The builder itself lies in memory of the reader, outside Swift's reference counts and access
/// checks: they would cost more than the elements.
struct TapeBuilder {
    /// All strings of the replies of one pipeline; the tokens' offsets have 32 bits.
    static let maxBytes = 1 << 30

    private var bytes: [UInt8] = []
    private var tokens: [ReplyToken] = []
    private var roots: [UInt32] = []
    private(set) var isFull = false

    /// The replies so far; the next one begins an empty tape.
    mutating func take() -> PipelineReplies {
        let replies = PipelineReplies(
            storage: ReplyStorage(bytes: bytes, tokens: tokens),
            roots: roots
        )
        bytes = []
        tokens = []
        roots.removeAll(keepingCapacity: roots.capacity <= 64)
        return replies
    }

    var lastServerError: ServerErrorCode? {
        guard let root = roots.last else { return nil }
        let token = tokens[Int(root)]
        guard token.kind == .error else { return nil }
        return ServerErrorCode(reply: bytes[token.byteRange])
    }

    // MARK: What hiredis calls

    @safe static var functions: redisReplyObjectFunctions {
        unsafe redisReplyObjectFunctions(
            createString: { task, text, count in
                guard let task = unsafe task else { return nil }
                return unsafe TapeBuilder.of(task)?.pointee.string(task, text, count)
            },
            createArray: { task, count in
                guard let task = unsafe task else { return nil }
                return unsafe TapeBuilder.of(task)?.pointee.array(task, Int(count))
            },
            createInteger: { task, value in
                guard let task = unsafe task else { return nil }
                return unsafe TapeBuilder.of(task)?.pointee.scalar(task, .integer(Int64(value)))
            },
            createNil: { task in
                guard let task = unsafe task else { return nil }
                return unsafe TapeBuilder.of(task)?.pointee.scalar(task, .null)
            },
            freeObject: nil
        )
    }

    private static func of(
        _ task: UnsafePointer<redisReadTask>
    ) -> UnsafeMutablePointer<TapeBuilder>? {
        unsafe task.pointee.privdata?.assumingMemoryBound(to: TapeBuilder.self)
    }

    private mutating func string(
        _ task: UnsafePointer<redisReadTask>,
        _ text: UnsafeMutablePointer<CChar>?,
        _ count: Int
    ) -> UnsafeMutableRawPointer? {
        guard bytes.count + count <= Self.maxBytes else {
            isFull = true
            return nil
        }
        let offset = bytes.count
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: text, count: count))
        let kind: RedisReply.Kind =
            switch unsafe task.pointee.type {
            case REDIS_REPLY_STATUS: .status
            case REDIS_REPLY_ERROR: .error
            default: .string
            }
        return unsafe scalar(task, .bytes(kind, offset: offset, count: count))
    }

    private mutating func array(
        _ task: UnsafePointer<redisReadTask>,
        _ count: Int
    ) -> UnsafeMutableRawPointer? {
        let place = unsafe append(.array(count: count), task)
        if count == 0 {
            tokens[place].end = tokens.count
            unsafe closeParents(task)
        }
        return unsafe UnsafeMutableRawPointer(bitPattern: place + 1)
    }

    private mutating func scalar(
        _ task: UnsafePointer<redisReadTask>,
        _ token: ReplyToken
    ) -> UnsafeMutableRawPointer? {
        let place = unsafe append(token, task)
        unsafe closeParents(task)
        return unsafe UnsafeMutableRawPointer(bitPattern: place + 1)
    }

    private mutating func append(_ token: ReplyToken, _ task: UnsafePointer<redisReadTask>) -> Int {
        let place = tokens.count
        if unsafe task.pointee.parent == nil { roots.append(UInt32(place)) }
        tokens.append(token)
        return place
    }

    /// An array ends with its last element: its token learns where the next one stands.
    private mutating func closeParents(_ task: UnsafePointer<redisReadTask>) {
        var task = unsafe task
        while let parent = unsafe task.pointee.parent,
            unsafe task.pointee.idx == parent.pointee.elements - 1
        {
            let place = unsafe Int(bitPattern: parent.pointee.obj) - 1
            tokens[place].end = tokens.count
            unsafe task = UnsafePointer(parent)
        }
    }
}
