/// Values of declared types: the type says what their keys are, and how long they live.
extension Cache {
    /// The value of a type with these identifiers; nil where there is none, or none of this form.
    public func value<Value: Decodable>(
        _ form: Value.Type = Value.self,
        of type: CachedType,
        _ identifiers: [String]
    ) async throws(CacheError) -> Value? {
        try await value(form, forKey: try type.key(identifiers))
    }

    /// Keeps a value of a type for as long as the type says, or as it is told, and says whether it
    /// could be encoded.
    @discardableResult
    public func setValue(
        _ value: some Encodable,
        of type: CachedType,
        _ identifiers: [String],
        timeToLive: Duration? = nil,
        tags: [String] = []
    ) async throws(CacheError) -> Bool {
        try await setValue(
            value,
            forKey: try type.key(identifiers),
            timeToLive: timeToLive ?? type.timeToLive,
            tags: tags
        )
    }

    /// Removes the value of a type, and says whether there was one.
    @discardableResult
    public func remove(
        _ type: CachedType,
        _ identifiers: [String]
    ) async throws(CacheError) -> Bool {
        try await remove(try type.key(identifiers))
    }
}
