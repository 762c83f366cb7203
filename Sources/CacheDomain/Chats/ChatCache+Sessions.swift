extension ChatCache {
    /// How many keys of requests one step removes.
    private static let keysPerStep = 500

    /// Keeps what is known of a session, in place of what was known.
    public func setMetadata(
        _ metadata: some Encodable,
        forSession session: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) {
        try await set(metadata, types.session, [session], timeToLive)
    }

    /// What is known of a session.
    public func metadata<Metadata: Decodable>(
        _ type: Metadata.Type,
        forSession session: String
    ) async throws(CacheError) -> Metadata? {
        try await hash(type, types.session, [session])
    }

    /// Extends the life of all that lives as long as the session, and says whether it is there.
    @discardableResult
    public func touchSession(_ session: String) async throws(CacheError) -> Bool {
        let requests = try lasting(session)
            .map { StructureRequest.expire($0.key, timeToLive: $0.timeToLive) }
        return try await asking { () throws(StoreError) in
            try await cache.run(all: requests)[0]
        }
    }

    /// Removes all that is kept of the session, that of its requests too, and says whether it was
    /// there.
    @discardableResult
    public func deleteSession(_ session: String) async throws(CacheError) -> Bool {
        let index = try key(of: types.sessionKeys, session)
        var names = try lasting(session).map(\.key)
        names.append(try key(of: types.rateLimit, session))
        return try await asking { () throws(StoreError) in
            let removed = try await cache.run(all: names.map { .remove($0) })
            while true {
                let members = try await cache.run(.members(index)).prefix(Self.keysPerStep)
                    .map { String(decoding: $0, as: UTF8.self) }
                guard !members.isEmpty else { return removed[0] }
                try await removeRequestKeys(members, from: index)
            }
        }
    }

    private func removeRequestKeys(
        _ keys: [String],
        from index: String
    ) async throws(StoreError) {
        _ = try await cache.run(all: keys.map { .remove($0) })
        try await cache.run(.dropMembers(keys, from: index))
    }

    /// The keys that live as long as a session, that of the session first.
    private func lasting(
        _ session: String
    ) throws(CacheError) -> [(key: String, timeToLive: Duration)] {
        var keys: [(key: String, timeToLive: Duration)] = []
        for type in [types.session, types.responseChain, types.lastResponse, types.history] {
            keys.append((try key(of: type, session), type.timeToLive))
        }
        return keys
    }

    // MARK: Responses

    /// Appends a response to the chain of a session, makes it the last one, and returns how many
    /// the chain has.
    @discardableResult
    public func appendResponse(
        _ response: String,
        toSession session: String
    ) async throws(CacheError) -> Int {
        let chain = try key(of: types.responseChain, session)
        let last = try key(of: types.lastResponse, session)
        return try await asking { () throws(StoreError) in
            let id = Array(response.utf8)
            let (length, _) = try await cache.run(
                .append(
                    id,
                    to: chain,
                    limit: maxChainLength,
                    timeToLive: types.responseChain.timeToLive
                ),
                .setValue(id, forKey: last, timeToLive: types.lastResponse.timeToLive)
            )
            return length
        }
    }

    /// The last responses of a session, oldest first.
    public func responseChain(forSession session: String) async throws(CacheError) -> [String] {
        let chain = try key(of: types.responseChain, session)
        return try await asking { () throws(StoreError) in
            try await cache.run(.elements(chain)).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// The last response of a session.
    public func lastResponseID(forSession session: String) async throws(CacheError) -> String? {
        try await text(types.lastResponse, [session])
    }

    /// Makes a response the last one of a session.
    public func setLastResponseID(
        _ response: String,
        forSession session: String
    ) async throws(CacheError) {
        try await setText(response, types.lastResponse, [session])
    }

    // MARK: Chats

    /// Keeps the response that goes on with a chat.
    public func setChatMapping(
        _ chat: String,
        response: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) {
        try await setText(response, types.chatMapping, [chat], timeToLive)
    }

    /// The response that goes on with a chat.
    public func chatMapping(_ chat: String) async throws(CacheError) -> String? {
        try await text(types.chatMapping, [chat])
    }

    // MARK: Text

    private func text(
        _ type: CachedType,
        _ identifiers: [String]
    ) async throws(CacheError) -> String? {
        let key = try type.key(keyPrefix, identifiers)
        return try await asking { () throws(StoreError) in
            try await cache.run(.value(key)).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private func setText(
        _ text: String,
        _ type: CachedType,
        _ identifiers: [String],
        _ timeToLive: Duration? = nil
    ) async throws(CacheError) {
        let key = try type.key(keyPrefix, identifiers)
        let life = try life(type, timeToLive)
        try await asking { () throws(StoreError) in
            try await cache.run(.setValue(Array(text.utf8), forKey: key, timeToLive: life))
        }
    }
}
