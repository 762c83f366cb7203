/// Why the program cannot do what it was started for, and the status it ends with.
struct StartError: Error, CustomStringConvertible {
    let status: ExitStatus
    let description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }

    static func missing(_ variable: String, _ purpose: String) -> StartError {
        StartError(.configuration, "\(purpose) needs \(variable)")
    }
}
