/// Lines on standard input, looked for now and then.
struct CommandInput {
    private let input = Descriptor.standardInput()
    private var rest: [UInt8] = []

    /// The lines that have come since the last look, each in words.
    mutating func lines() -> [[Substring]] {
        rest += input.readText()
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let text = String(decoding: rest[..<end], as: UTF8.self)
        rest.removeSubrange(...end)
        return text.split(separator: "\n").map { $0.split(separator: " ") }
    }
}
