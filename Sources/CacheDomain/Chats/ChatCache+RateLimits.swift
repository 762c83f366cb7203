/// Sliding windows over the requests of a session, by the clock of the store and exact, however
/// many processes ask at the same time. Windows up to the time to live of the type see the same
/// requests.
extension ChatCache {
    /// Counts a request of the session, and returns how many there were in the window.
    @discardableResult
    public func incrementRequestCount(
        forSession session: String,
        window: Duration? = nil
    ) async throws(CacheError) -> Int {
        try await admit(session, nil, window).count
    }

    /// Counts a request of the session unless there were `limit` in the window.
    public func admitRequest(
        forSession session: String,
        limit: Int,
        window: Duration? = nil
    ) async throws(CacheError) -> Admission {
        guard limit >= 0 else {
            throw CacheError(.configuration, "a limit is 0 requests or more, not \(limit)")
        }
        return try await admit(session, limit, window)
    }

    /// Whether the session has made fewer than `limit` requests in the window; counts nothing.
    public func checkRateLimit(
        forSession session: String,
        limit: Int,
        window: Duration? = nil
    ) async throws(CacheError) -> Bool {
        try await requestCount(forSession: session, window: window) < limit
    }

    /// How many requests the session has made in the window; counts nothing.
    public func requestCount(
        forSession session: String,
        window: Duration? = nil
    ) async throws(CacheError) -> Int {
        let key = try key(of: types.rateLimit, session)
        let window = try life(types.rateLimit, window)
        return try await asking { () throws(StoreError) in
            try await cache.run(.markCount(key, window: window))
        }
    }

    private func admit(
        _ session: String,
        _ limit: Int?,
        _ window: Duration?
    ) async throws(CacheError) -> Admission {
        let key = try key(of: types.rateLimit, session)
        let window = try life(types.rateLimit, window)
        return try await asking { () throws(StoreError) in
            try await cache.run(
                .mark(
                    key,
                    window: window,
                    limit: limit,
                    timeToLive: types.rateLimit.timeToLive
                )
            )
        }
    }
}
