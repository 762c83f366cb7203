import Codecs

/// Members of an event by the rules of its schema; each fault names the path it is given.
extension JSONDocument {
    /// A string that is not empty and holds no U+0000.
    func name(
        _ node: JSONNode,
        _ path: @autoclosure () -> String
    ) throws(EventError) -> String {
        guard let name = string(node) else {
            throw .wrongKind(path(), must: "a non-empty string", kind(of: node))
        }
        guard !name.isEmpty else {
            throw .schema(path(), must: "a non-empty string, not an empty one")
        }
        // Written plainly, U+0000 is no JSON.
        guard !isEscaped(node) || !name.utf8.contains(0) else {
            throw .schema(path(), must: "a string without U+0000")
        }
        return name
    }

    /// An array, possibly empty, of names.
    func names(
        _ node: JSONNode,
        _ path: @autoclosure () -> String
    ) throws(EventError) -> [String] {
        guard kind(of: node) == .array else {
            throw .wrongKind(path(), must: "an array of non-empty strings", kind(of: node))
        }
        var names: [String] = []
        names.reserveCapacity(count(of: node))
        for element in elements(of: node) {
            names.append(try name(element, "\(path())[\(names.count)]"))
        }
        return names
    }

    /// A lifetime in seconds, rounded to whole milliseconds.
    func timeToLive(
        _ node: JSONNode,
        _ path: @autoclosure () -> String
    ) throws(EventError) -> Duration {
        guard kind(of: node) == .number else {
            throw .wrongKind(path(), must: "a number of seconds greater than 0", kind(of: node))
        }
        guard text(of: node).count <= TimeToLive.maxDigits, let seconds = number(node),
            let timeToLive = TimeToLive.duration(seconds: seconds)
        else {
            throw .schema(
                path(),
                must: "a number of seconds from 0.001 to \(TimeToLive.maxSeconds)"
            )
        }
        return timeToLive
    }

    /// `true` or `false`.
    func flag(_ node: JSONNode, _ path: @autoclosure () -> String) throws(EventError) -> Bool {
        guard let flag = boolean(node) else {
            throw .wrongKind(path(), must: "true or false", kind(of: node))
        }
        return flag
    }

    /// Checks that `node` is an object.
    func requireObject(
        _ node: JSONNode,
        _ path: @autoclosure () -> String
    ) throws(EventError) {
        guard kind(of: node) == .object else {
            throw .wrongKind(path(), must: "an object", kind(of: node))
        }
    }
}
