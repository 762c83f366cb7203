/// An implementation does something else than its protocol says.
public struct BrokenPromise: Error, CustomStringConvertible {
    /// What was seen, and what was promised.
    public let description: String
}

/// Goes on if the condition holds.
func require(_ condition: Bool, _ promise: @autoclosure () -> String) throws {
    if !condition { throw BrokenPromise(description: promise()) }
}

/// Goes on if the two are equal.
func require<Value: Equatable>(
    _ promise: @autoclosure () -> String,
    _ found: Value,
    is expected: Value
) throws {
    if found == expected { return }
    let details = "found \(shortened(found)), expected \(shortened(expected))"
    throw BrokenPromise(description: "\(promise()): \(details)")
}

private func shortened(_ value: some Any) -> String {
    let limit = 300
    let text = "\(value)"
    return text.count <= limit ? text : "\(text.prefix(limit))…"
}
