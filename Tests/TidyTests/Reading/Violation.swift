/// One place that breaks a rule, printed as compilers do.
struct Violation: Equatable, CustomStringConvertible {
    let path: String
    /// Counted from one.
    let line: Int
    /// The rule and what to do instead.
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}
