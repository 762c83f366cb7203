public import CacheDomain
import RedisClient

extension RedisStore: StoreLife {
    /// The store itself, where the log is on another server; nil where it tells all there is.
    public var lifeBesideLog: (any StoreLife)? { isLogOnSameServer ? nil : self }

    /// Which process the server is, and a mark among its data.
    ///
    /// The mark goes when the data goes. A server that took over, or was started from an older
    /// file, has the mark and is another process; what it has lost nobody knows.
    public func life() async throws(StoreError) -> String {
        let mark = RedisCoherenceLog.freshEpoch()
        for _ in 0..<Self.maxLooks {
            var pipeline = Pipeline()
            pipeline.append("GET", log.keys.life)
            pipeline.append("INFO", "server")
            let replies = try await execute(pipeline)
            guard let facts = replies[1].string else {
                throw .unexpected(replies[1], to: "INFO server")
            }
            if let mark = replies[0].string {
                let process = facts.split(separator: "\r\n").first { $0.hasPrefix("run_id:") }
                return "\(process ?? "") \(mark)"
            }
            // Somebody else may be faster: one mark is as good as another.
            _ = try await execute(Pipeline(RedisCommand("SET", log.keys.life, mark, "NX")))
        }
        throw StoreError(.unavailable, "the mark of the data goes as soon as it is set")
    }

    private static let maxLooks = 2
}
