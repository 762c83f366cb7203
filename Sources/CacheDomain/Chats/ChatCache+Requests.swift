extension ChatCache {
    // MARK: Tools and streams

    /// Keeps how far the tools of a request are, in place of what was kept.
    public func setToolExecution(
        _ state: some Encodable,
        forSession session: String,
        request: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) {
        try await set(state, types.toolExecution, [session, request], timeToLive)
    }

    /// How far the tools of a request are.
    public func toolExecution<State: Decodable>(
        _ type: State.Type,
        forSession session: String,
        request: String
    ) async throws(CacheError) -> State? {
        try await hash(type, types.toolExecution, [session, request])
    }

    /// Forgets how far the tools of a request are.
    @discardableResult
    public func clearToolExecution(
        forSession session: String,
        request: String
    ) async throws(CacheError) -> Bool {
        try await delete(try key(of: types.toolExecution, session, request))
    }

    /// Keeps how far the answer to a request is, in place of what was kept.
    public func setStreaming(
        _ state: some Encodable,
        forSession session: String,
        request: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) {
        try await set(state, types.streaming, [session, request], timeToLive)
    }

    /// How far the answer to a request is.
    public func streaming<State: Decodable>(
        _ type: State.Type,
        forSession session: String,
        request: String
    ) async throws(CacheError) -> State? {
        try await hash(type, types.streaming, [session, request])
    }

    /// Forgets how far the answer to a request is.
    @discardableResult
    public func clearStreaming(
        forSession session: String,
        request: String
    ) async throws(CacheError) -> Bool {
        try await delete(try key(of: types.streaming, session, request))
    }

    // MARK: Correlation

    /// Keeps which response belongs to a request.
    public func setRequestCorrelation(
        _ correlation: some Encodable,
        forSession session: String,
        request: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) {
        let type = types.requestCorrelation
        let key = try key(of: type, session, request)
        let life = try life(type, timeToLive)
        let index = try self.key(of: types.sessionKeys, session)
        let bytes = try encoding(type) { try coder.encode(correlation) }
        try await asking { () throws(StoreError) in
            _ = try await cache.run(
                .setValue(bytes, forKey: key, timeToLive: life),
                .addMember(key, to: index, timeToLive: life)
            )
        }
    }

    /// Which response belongs to a request.
    public func requestCorrelation<Correlation: Decodable>(
        _ type: Correlation.Type,
        forSession session: String,
        request: String
    ) async throws(CacheError) -> Correlation? {
        let key = try key(of: types.requestCorrelation, session, request)
        let bytes = try await asking { () throws(StoreError) in try await cache.run(.value(key)) }
        return try bytes.map { bytes throws(CacheError) in
            try decoding(key) { try coder.decode(type, from: bytes) }
        }
    }

    // MARK: Hashes

    func set(
        _ value: some Encodable,
        _ type: CachedType,
        _ identifiers: [String],
        _ timeToLive: Duration?
    ) async throws(CacheError) {
        let key = try type.key(keyPrefix, identifiers)
        let life = try life(type, timeToLive)
        let fields = try encoding(type) { try coder.encodeFields(value) }
        let write = StructureRequest.setFields(fields, of: key, replaces: true, timeToLive: life)
        guard identifiers.count > 1 else {
            return try await asking { () throws(StoreError) in try await cache.run(write) }
        }
        let index = try self.key(of: types.sessionKeys, identifiers[0])
        try await asking { () throws(StoreError) in
            _ = try await cache.run(write, .addMember(key, to: index, timeToLive: life))
        }
    }

    func hash<Value: Decodable>(
        _ value: Value.Type,
        _ type: CachedType,
        _ identifiers: [String]
    ) async throws(CacheError) -> Value? {
        let key = try type.key(keyPrefix, identifiers)
        let fields = try await asking { () throws(StoreError) in
            try await cache.run(.fields(key))
        }
        guard !fields.isEmpty else { return nil }
        return try decoding(key) { try coder.decode(value, from: fields) }
    }
}
