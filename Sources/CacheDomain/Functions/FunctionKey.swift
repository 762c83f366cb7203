/// The keys of the results of a function: its name, and what is told apart by its arguments.
enum FunctionKey {
    /// The name and what stands for the arguments, with a colon between where there is both.
    static func joined(_ name: String, _ rest: String) -> String {
        if name.isEmpty { return rest }
        return rest.isEmpty ? name : "\(name):\(rest)"
    }

    /// The arguments as text with colons between, of which no two lists have the same.
    ///
    /// A colon within an argument is `%3A`, a percent sign `%25`, and nothing at all is `%`.
    static func text<each Argument: LosslessStringConvertible>(
        _ argument: repeat each Argument
    ) -> String {
        var parts: [String] = []
        for argument in repeat each argument { parts.append(escaped(argument.description)) }
        return parts.joined(separator: ":")
    }

    private static func escaped(_ text: String) -> String {
        if text.isEmpty { return "%" }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ":"): bytes += "%3A".utf8
            case UInt8(ascii: "%"): bytes += "%25".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
