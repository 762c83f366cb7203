/// What the program tells its caller at the end; numbers of `sysexits.h`.
enum ExitStatus: Int32, Sendable {
    /// Everything asked for was done.
    case ok = 0
    /// The command line is wrong.
    case usage = 64
    /// The data is wrong: an event that breaks the schema.
    case badInput = 65
    /// A server cannot be reached or refuses.
    case unavailable = 69
    /// A fault of the program.
    case internalError = 70
    /// A failure that may not last.
    case tryAgain = 75
    /// The configuration is wrong.
    case configuration = 78
}
