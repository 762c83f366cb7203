/// What the parser found wrong and where, before anybody has asked for a sentence or a path.
struct JSONFault: Error {
    let code: JSONError.Code
    let offset: Int
    /// The tape index of a key that names the place better than the parser's position does.
    var key: Int?

    init(_ code: JSONError.Code, at offset: Int, key: Int? = nil) {
        self.code = code
        self.offset = offset
        self.key = key
    }
}
