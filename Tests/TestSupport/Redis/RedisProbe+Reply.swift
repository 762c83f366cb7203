extension RedisProbe {
    /// What Redis answers, as it stands on the wire.
    public enum Reply: Sendable, Equatable {
        /// A simple string, such as OK.
        case status(String)
        /// An error inside an array; on its own it is thrown.
        case error(String)
        /// A number.
        case integer(Int)
        /// A bulk string.
        case bytes([UInt8])
        /// Nothing: a missing key, a time-out.
        case null
        /// Some replies in order.
        case array([Reply])

        /// The text of a status or bulk string.
        public var text: String? {
            switch self {
            case .status(let text): text
            case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
            default: nil
            }
        }

        /// The number of an integer reply.
        public var integer: Int? { if case .integer(let number) = self { number } else { nil } }

        /// The elements of an array reply; none for anything else.
        public var elements: [Reply] {
            if case .array(let elements) = self { elements } else { [] }
        }

        /// The texts of an array's elements that have one.
        public var texts: [String] { elements.compactMap(\.text) }
    }

    /// Redis answered with an error.
    public struct ErrorReply: Error, Equatable, CustomStringConvertible {
        /// The line of the server, its code first.
        public let text: String
        /// The line of the server.
        public var description: String { text }
    }

    /// The server closed the connection.
    public struct Closed: Error {}

    /// The server sent what is not RESP2.
    public struct Unreadable: Error {
        /// The line that could not be read.
        public let line: String
    }
}
