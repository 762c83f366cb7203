import Synchronization

/// Ends every child and removes every folder of the tests when the test process is gone.
///
/// A shell in a process group of its own reads names of children and folders from a socket. The
/// kernel closes the socket when the test process ends, however it ends; then the shell kills
/// what is left. A parent-death signal would not do: on Linux it fires when the *thread* that
/// spawned the child ends, and the threads of the cooperative pool come and go.
final class Watchdog: Sendable {
    static let script = """
        trap '' HUP INT TERM
        children= folders=
        while read -r verb name; do
            case $verb in
            guard) children="$children $name" ;;
            release)
                kept=
                for child in $children; do [ "$child" = "$name" ] || kept="$kept $child"; done
                children=$kept ;;
            folder) folders="$folders $name" ;;
            esac
        done
        for child in $children; do kill -KILL "$child"; done
        for folder in $folders; do rm -rf "$folder" || { sleep 1; rm -rf "$folder"; }; done
        """

    private static let instance = Mutex<Watchdog?>(nil)

    private let line: LoopbackSocket

    private init() throws {
        let (ours, theirs) = try LoopbackSocket.pair()
        line = ours
        let shell = Spawn(
            executable: "/bin/sh",
            arguments: ["-c", Watchdog.script],
            environment: ["PATH": Executable.searchPath],
            input: theirs.descriptor,
            output: "/dev/null",
            errors: "/dev/null"
        )
        _ = try shell.start()
    }

    /// The one of this process, started when it is first needed.
    static func shared() throws -> Watchdog {
        try instance.withLock { instance in
            if let instance { return instance }
            let watchdog = try Watchdog()
            instance = watchdog
            return watchdog
        }
    }

    func guardChild(_ pid: Int32) throws { try line.send(Array("guard \(pid)\n".utf8)) }

    func releaseChild(_ pid: Int32) throws { try line.send(Array("release \(pid)\n".utf8)) }

    func guardFolder(_ path: String) throws { try line.send(Array("folder \(path)\n".utf8)) }
}
