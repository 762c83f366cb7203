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

/// Goes on if the two lists are equal; else tells the first place where they are not.
func require<Element: Equatable>(
    _ promise: @autoclosure () -> String,
    _ found: [Element],
    is expected: [Element]
) throws {
    if found == expected { return }
    let place = zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset
    let start = place ?? min(found.count, expected.count)
    let details = "\(found.count) for \(expected.count), from \(start) on"
    let rest = "found \(shortened(found[start...])), expected \(shortened(expected[start...]))"
    throw BrokenPromise(description: "\(promise()): \(details): \(rest)")
}

private func shortened(_ value: some Any) -> String {
    let limit = 300
    let text = "\(value)"
    return text.count <= limit ? text : "\(text.prefix(limit))…"
}
