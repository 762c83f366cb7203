/// What a configuration is read from: the environment, files and a few facts about the process.
///
/// A value, so that tests make systems of their own.
struct HostSystem: Sendable {
    /// The value of an environment variable.
    let environment: @Sendable (String) -> String?
    /// A whole file, as long as it is no larger than this number of bytes.
    let readFile: @Sendable (String, Int) throws(FileFault) -> [UInt8]
    /// The name of the machine or pod.
    let hostName: String
    /// The id of this process.
    let processIdentifier: Int32
    /// Eight hexadecimal digits that no other process has.
    let randomPart: String
    /// Whether a person reads standard error.
    let errorsGoToTerminal: Bool
}

/// Why a file cannot be read, in words that follow its name.
enum FileFault: Error, Equatable, CustomStringConvertible {
    /// What the system says.
    case system(String)
    /// What the system says of writing.
    case unwritten(String)
    /// It has more bytes than this.
    case tooLarge(maxBytes: Int)

    var description: String {
        switch self {
        case .system(let reason): "cannot be read: \(reason)"
        case .unwritten(let reason): "cannot be written: \(reason)"
        case .tooLarge(let maxBytes): "is larger than \(maxBytes) bytes"
        }
    }
}
