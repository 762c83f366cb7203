/// Where a value was written, so that its error can say so.
enum SettingOrigin: Sendable, Equatable {
    /// A line of the configuration file, with the key.
    case file(path: String, line: Int, key: String)
    /// An environment variable.
    case environment(String)
    /// A flag of the command line.
    case flag(String)
    /// Nowhere: the default.
    case builtIn(String)
}

extension SettingOrigin: CustomStringConvertible {
    /// What an error begins with: `worker.yaml:12: redis.url`.
    var description: String {
        switch self {
        case .file(let path, let line, let key): "\(path):\(line): \(key)"
        case .environment(let name), .flag(let name), .builtIn(let name): name
        }
    }
}
