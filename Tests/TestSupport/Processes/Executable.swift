import Foundation

/// Finds the programs that the tests start.
public enum Executable: Sendable {
    /// Folders outside of an ordinary user's path that hold servers and their tools.
    private static let furtherFolders = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
        "/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/lib/erlang/bin",
        "/usr/lib/postgresql/15/bin",
    ]

    /// The absolute path of a program in `PATH` or the usual folders.
    ///
    /// - Throws: `MissingExecutable`, which says how to install it.
    public static func find(_ name: String) throws -> String {
        try find(name, in: searchPath.split(separator: ":").map(String.init))
    }

    /// The program in the first of `folders` that has it.
    ///
    /// Asked for by those who need a package's own script and not its wrapper in `PATH`.
    static func find(_ name: String, in folders: [String]) throws -> String {
        for folder in folders {
            let path = folder + "/" + name
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw MissingExecutable(name: name)
    }

    /// What children get as their `PATH`.
    static var searchPath: String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return ([path] + furtherFolders).joined(separator: ":")
    }
}

/// A program that the tests need is not installed.
public struct MissingExecutable: Error, CustomStringConvertible {
    /// The name of the program.
    public let name: String

    /// What is missing and what to do.
    public var description: String { "\(name) is not installed: run `make setup`" }
}
