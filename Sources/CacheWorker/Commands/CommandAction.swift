/// What a command does once its line is read.
protocol CommandAction: Sendable {
    /// Does it all and says how it ended; errors have been told by then.
    func run() async -> ExitStatus
}
