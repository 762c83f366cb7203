/// The path of a route, with names in braces for what may be any text: `/entries/{name}/run`.
struct HTTPPath: Sendable, Equatable {
    private let parts: [Substring]

    init(_ text: String) { parts = Self.parts(of: text) }

    /// What the names stand for in a path; nil when it is another path.
    func match(_ path: String) -> [String: String]? {
        let given = Self.parts(of: path)
        guard given.count == parts.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, text) in zip(parts, given) {
            if part.hasPrefix("{") {
                guard !text.isEmpty else { return nil }
                parameters[String(part.dropFirst().dropLast())] = String(text)
            } else if part != text {
                return nil
            }
        }
        return parameters
    }

    private static func parts(of path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }
}
