/// What a JSON value is.
public enum JSONKind: UInt8, Sendable {
    /// Members in braces.
    case object
    /// Elements in brackets.
    case array
    /// Text in quotes; object keys are nodes of this kind too.
    case string
    /// A number, kept as it was written.
    case number
    /// `true` or `false`.
    case boolean
    /// `null`.
    case null

    /// The kind with its article, as a sentence about a wrong type needs it: "an array".
    public var described: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .boolean: "a boolean"
        case .null: "null"
        }
    }
}
