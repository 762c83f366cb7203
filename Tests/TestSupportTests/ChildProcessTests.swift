import Foundation
import Testing

@testable import TestSupport

@Suite("A child process", .timeLimit(.minutes(2)))
struct ChildProcessTests {
    @Test("says how it ended and what it wrote")
    func ends() async throws {
        let run = try await Command.run("sh", ["-c", "cat; echo bad >&2; exit 3"], input: "in\n")
        #expect(run.exit == .status(3))
        #expect(run.output == "in\n")
        #expect(run.errors == "bad\n")
        await #expect(throws: CommandFailure.self) { try await Command.output(of: "false") }
        #expect(throws: MissingExecutable.self) { try ChildProcess("no-such-program") }
    }

    @Test("that is killed is gone, and a signal after that reaches no one")
    func killed() async throws {
        let child = try ChildProcess("sleep", ["600"])
        #expect(child.isRunning)
        #expect(await child.kill() == .signal(SIGKILL))
        child.signal(SIGTERM)
        #expect(await child.waitForExit() == .signal(SIGKILL))
    }

    @Test("ends with the process that started it, and so does its folder")
    func watchdog() async throws {
        let folder = try TemporaryFolder()
        // The same shell that guards this process, guarding a sleep of another one.
        let shell = try ChildProcess(
            "sh",
            ["-c", Watchdog.script],
            keepsInputOpen: true
        )
        let victim = try ChildProcess("sleep", ["600"])
        let spared = try ChildProcess("sleep", ["600"])
        try shell.write("guard \(spared.processIdentifier)\nguard \(victim.processIdentifier)\n")
        try shell.write("release \(spared.processIdentifier)\nfolder \(folder.path)\n")
        shell.closeInput()
        #expect(await victim.waitForExit() == .signal(SIGKILL))
        #expect(await shell.waitForExit() == .status(0))
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        #expect(spared.isRunning)
        await spared.kill()
    }
}
