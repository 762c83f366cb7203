import Glibc

/// Starts programs by `posix_spawn`; what else this process has open is closed on execution.
///
/// Foundation's `Process` looks through all open files for each start, reads past the end of that
/// list when it is long, and keeps the files it was given open.
struct Spawn {
    /// An absolute path.
    let executable: String
    /// Without the name of the program.
    let arguments: [String]
    /// All of it.
    let environment: [String: String]
    /// What the child reads; nil for nothing.
    let input: Int32?
    /// Files to write to, made or emptied.
    let output: String
    let errors: String

    /// Starts it, in a process group of its own, with the usual signals.
    ///
    /// - Returns: The process id, which stays the child's until it is waited for.
    func start() throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        try check(unsafe posix_spawn_file_actions_init(&actions))
        defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
        try check(unsafe posix_spawnattr_init(&attributes))
        defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
        try unsafe setFiles(&actions)
        try setSignals(&attributes)

        let words = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
        let variables = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer { unsafe release(words + variables) }
        var child: pid_t = 0
        try check(unsafe posix_spawn(&child, executable, &actions, &attributes, words, variables))
        return child
    }

    private func setFiles(_ actions: inout posix_spawn_file_actions_t) throws {
        if let input {
            try check(unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO))
        } else {
            try check(
                unsafe posix_spawn_file_actions_addopen(
                    &actions,
                    STDIN_FILENO,
                    "/dev/null",
                    O_RDONLY,
                    0
                )
            )
        }
        for (descriptor, path) in [(STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            let flags = O_WRONLY | O_CREAT | O_TRUNC
            try check(
                unsafe posix_spawn_file_actions_addopen(&actions, descriptor, path, flags, 0o600)
            )
        }
    }

    /// The tests' own handlers and masks are none of the child's business.
    private func setSignals(_ attributes: inout posix_spawnattr_t) throws {
        var all = sigset_t()
        var none = sigset_t()
        unsafe sigfillset(&all)
        unsafe sigemptyset(&none)
        try check(unsafe posix_spawnattr_setsigdefault(&attributes, &all))
        try check(unsafe posix_spawnattr_setsigmask(&attributes, &none))
        try check(unsafe posix_spawnattr_setpgroup(&attributes, 0))
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
        try check(unsafe posix_spawnattr_setflags(&attributes, Int16(flags)))
    }

    private func release(_ texts: [UnsafeMutablePointer<CChar>?]) {
        for index in unsafe texts.indices { unsafe free(texts[index]) }
    }

    private func check(_ code: Int32) throws {
        guard code == 0 else { throw SpawnFailure(executable: executable, code: code) }
    }
}

/// A program could not be started.
public struct SpawnFailure: Error, CustomStringConvertible {
    /// Its path.
    public let executable: String
    /// What the call returned, an `errno`.
    public let code: Int32

    /// The path and the system's words for the error.
    public var description: String { "\(executable): \(unsafe String(cString: strerror(code)))" }
}
