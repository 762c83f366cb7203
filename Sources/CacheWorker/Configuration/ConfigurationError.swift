/// Why there is no configuration: every fault that was found, in order of reading.
struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One thing to correct.
    struct Fault: Sendable, Equatable, CustomStringConvertible {
        /// Whether it stands on the command line.
        let isUsage: Bool
        /// Where it is, what is wrong and what to write instead.
        let description: String
    }

    /// Never empty.
    let faults: [Fault]

    /// One line a fault.
    var description: String { faults.map(\.description).joined(separator: "\n") }

    /// Usage when nothing but flags is wrong.
    var exitStatus: ExitStatus { faults.allSatisfy(\.isUsage) ? .usage : .configuration }
}

extension ConfigurationError.Fault {
    init(_ origin: SettingOrigin, _ sentence: String) {
        let isUsage = if case .flag = origin { true } else { false }
        self.init(isUsage: isUsage, description: "\(origin) \(sentence)")
    }
}
