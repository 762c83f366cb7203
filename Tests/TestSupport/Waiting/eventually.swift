/// A condition did not come true in the time the test gave it.
public struct ConditionNotMet: Error, CustomStringConvertible {
    /// The condition, in the words of the test.
    public let condition: String
    /// The time the test was ready to wait.
    public let limit: Duration

    /// A sentence for the test report.
    public var description: String { "not within \(limit): \(condition)" }
}

/// Waits until a condition that the outside world makes true holds.
///
/// This is the one place where tests poll; what our own code signals is awaited instead. The
/// first look is immediate and every look costs one call of `condition`.
/// - Throws: `ConditionNotMet` after `limit`, and whatever `condition` throws.
public func eventually(
    _ what: String,
    within limit: Duration = .seconds(60),
    _ condition: () async throws -> Bool
) async throws {
    _ = try await eventualValue(what, within: limit) { try await condition() ? true : nil }
}

/// Waits until `probe` finds a value, and returns it.
///
/// - Throws: `ConditionNotMet` after `limit`, and whatever `probe` throws.
public func eventualValue<Value>(
    _ what: String,
    within limit: Duration = .seconds(60),
    _ probe: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    var pause = Duration.milliseconds(1)
    while true {
        if let value = try await probe() { return value }
        guard clock.now < deadline else { throw ConditionNotMet(condition: what, limit: limit) }
        try await clock.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(50))
    }
}
