import Foundation
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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let basics = ["PATH": Executable.searchPath, "HOME": folder.path, "LANG": "C.UTF-8"]
        process.environment = basics.merging(environment) { _, given in given }
        process.standardInput = keepsInputOpen ? theirs.fileHandle : FileHandle.nullDevice
        process.standardOutput = try ChildProcess.newFile(folder.file("out"))
        process.standardError = try ChildProcess.newFile(folder.file("err"))
        process.terminationHandler = { process in
            // A stale entry would make the watchdog kill a later process of the same id.
            try? Watchdog.shared().releaseChild(process.processIdentifier)
            let code = process.terminationStatus
            exit.settle(process.terminationReason == .exit ? .status(code) : .signal(code))
        }
        try process.run()
        self.folder = folder
        self.exit = exit
        input = Mutex(keepsInputOpen ? ours : nil)
        processIdentifier = process.processIdentifier
        try Watchdog.shared().guardChild(processIdentifier)
        // Ended before it was guarded: the release above came too early.
        if exit.known != nil { try Watchdog.shared().releaseChild(processIdentifier) }
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
        if isRunning { _ = Glibc.kill(processIdentifier, number) }
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

    private static func newFile(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        return handle
    }
}
