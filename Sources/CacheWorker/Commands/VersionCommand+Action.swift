extension VersionCommand: CommandAction {
    /// The version of program and contract.
    static let number = "0.1.0"

    func run() async -> ExitStatus {
        print(isJSON ? "{\"version\":\"\(Self.number)\"}" : "cacheworker \(Self.number)")
        return .ok
    }
}
