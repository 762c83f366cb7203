public import Jobs
public import RedisClient

/// The dead letters of the job streams: a stream of their own.
public struct RedisDeadLetters: DeadLetterStore, DeadLetterExpiry {
    /// The most entries that one step of the expiry removes.
    private static let entriesPerTrim = 1_000

    /// What the letters came over.
    public let transport = DeadLetter.Transport.stream
    private let connection: RedisConnection
    private let keys: ControlKeys

    /// The dead letters under these names.
    public init(connection: RedisConnection, keys: ControlKeys) {
        self.connection = connection
        self.keys = keys
    }

    /// Whether it is the id of a stream's entry: `milliseconds-sequence`.
    public func mayOwn(_ id: String) -> Bool {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { UInt64($0).map(String.init) == String($0) }
    }

    /// Opens the letters that are there now.
    public func read<Result: Sendable>(
        _ range: DeadLetterRange,
        _ body: (any DeadLetterSession) async throws(DeadLetterError) -> Result
    ) async throws(DeadLetterError) -> Result {
        let session = RedisDeadLetterSession(
            connection: connection,
            keys: keys,
            pageSize: range.pageSize
        )
        try await session.begin(range.extent)
        return try await body(session)
    }

    /// Trims the stream: whole blocks of entries first, then what is left of the first one.
    public func removeLetters(
        failedBefore moment: WallTime
    ) async throws(DeadLetterError) -> Int {
        let oldest = "\(max(0, moment.milliseconds))-0"
        var removed = 0
        do throws(RedisError) {
            while true {
                let blocks = RedisCommand(
                    "XTRIM",
                    keys.deadLetters,
                    "MINID",
                    "~",
                    oldest,
                    "LIMIT",
                    Self.entriesPerTrim
                )
                guard let count = try await connection.execute(blocks).integer, count > 0 else {
                    break
                }
                removed += count
            }
            let rest = RedisCommand("XTRIM", keys.deadLetters, "MINID", oldest)
            return removed + (try await connection.execute(rest).integer ?? 0)
        } catch {
            throw DeadLetterError(error)
        }
    }
}

extension DeadLetterError {
    init(_ error: RedisError) {
        self.init(error.isRetriable ? .unavailable : .refused, error.message)
    }
}
