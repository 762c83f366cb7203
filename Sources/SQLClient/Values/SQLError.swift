/// Why a database did not do what it was asked.
public struct SQLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The classes a caller can act on.
    public enum Code: String, Sendable, CaseIterable {
        /// The database cannot be reached or opened; nothing was done.
        case unavailable
        /// The connection broke while a change was being confirmed: it may have been done.
        case outcomeUnknown
        /// Somebody else holds what the statement needs, or the two got in each other's way.
        case busy
        /// The user or the password is not accepted, or lacks a right.
        case denied
        /// The disk is full, or the database may not be written.
        case full
        /// A rule of the schema forbids it: a key that exists, a reference to nothing.
        case constraint
        /// The statement took longer than it may.
        case timeout
        /// The statement can never succeed as it is.
        case invalid
        /// The file is no database, or damaged.
        case corrupt
        /// The database answered with something else than the program expects.
        case unexpectedAnswer
        /// Too many callers wait for this database already.
        case overloaded
        /// Anything else, as the library tells it.
        case other
    }

    /// What to do about it.
    public let code: Code
    /// What happened, in a sentence.
    public let message: String

    /// An error from its class and sentence.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the same work may succeed later.
    ///
    /// Where the outcome is unknown, only work that may be done twice should be tried again.
    public var isRetriable: Bool {
        switch code {
        case .unavailable, .outcomeUnknown, .busy, .timeout, .overloaded: true
        case .denied, .full, .constraint, .invalid, .corrupt, .unexpectedAnswer, .other: false
        }
    }

    /// Whether the connection has to be made anew.
    var endsConnection: Bool { code == .unavailable || code == .outcomeUnknown }

    /// The sentence alone.
    public var description: String { message }
}
