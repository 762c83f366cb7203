import Glibc
import Synchronization

/// A program started by a test, with its output in files.
///
/// It runs in a process group of its own (a Ctrl-C does not reach it) and ends, at the latest,
/// with the test process. Its exit is noticed at once, whoever causes it.
public final class ChildProcess: Sendable {
    /// How a child ended.
    public enum Exit: Sendable, Equatable {
        /// It returned this status.
        case status(Int32)
        /// This signal ended it.
        case signal(Int32)
    }

    /// The process id; perhaps a stranger's once the child has ended.
    public let processIdentifier: Int32

    private let folder: TemporaryFolder
    private let exit: ChildExit
    private let input: Mutex<LoopbackSocket?>

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: A name to look up or an absolute path.
    ///   - arguments: Handed over as they are.
    ///   - environment: All the child gets besides `PATH`, `HOME` and `LANG`.
    ///   - keepsInputOpen: Whether `write` feeds its standard input; else that is at its end.
    /// - Throws: `MissingExecutable`, or what the system says against starting it.
    public init(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        keepsInputOpen: Bool = false
    ) throws {
        let path = executable.hasPrefix("/") ? executable : try Executable.find(executable)
        let folder = try TemporaryFolder()
        let exit = ChildExit()
        let (ours, theirs) = try LoopbackSocket.pair()
        let basics = ["PATH": Executable.searchPath, "HOME": folder.path, "LANG": "C.UTF-8"]
        let spawn = Spawn(
            executable: path,
            arguments: arguments,
            environment: basics.merging(environment) { _, given in given },
            input: keepsInputOpen ? theirs.descriptor : nil,
            output: folder.file("out"),
            errors: folder.file("err")
        )
        processIdentifier = try spawn.start()
        self.folder = folder
        self.exit = exit
        input = Mutex(keepsInputOpen ? ours : nil)
        try Watchdog.shared().guardChild(processIdentifier)
        exit.watch(processIdentifier)
    }

    deinit {
        if exit.known != nil { folder.remove() }
    }

    /// Whether it has not ended yet; a stopped child runs.
    public var isRunning: Bool { exit.known == nil }

    /// What it has written to standard output.
    public var output: String { folder.read("out") }

    /// What it has written to standard error.
    public var errors: String { folder.read("err") }

    /// Sends a signal; nothing happens when the child has ended.
    public func signal(_ number: Int32) {
        exit.ifRunning { _ = Glibc.kill(processIdentifier, number) }
    }

    /// Ends the child with SIGKILL and waits until it is gone.
    @discardableResult
    public func kill() async -> Exit {
        signal(SIGKILL)
        return await waitForExit()
    }

    /// Waits for the end, without a limit of its own: give the test one.
    public func waitForExit() async -> Exit { await exit.wait() }

    /// Feeds the standard input of a child started with `keepsInputOpen`.
    public func write(_ text: String) throws {
        try input.withLock { try $0?.send(Array(text.utf8)) }
    }

    /// Ends the child's standard input.
    public func closeInput() { input.withLock { $0 = nil } }
}
