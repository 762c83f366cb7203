import Foundation

/// A folder of its own for one server or one test.
///
/// It is removed by `remove()`, or by the watchdog when the test process ends in any way.
public struct TemporaryFolder: Sendable {
    /// The absolute path, short enough for a Unix socket inside it.
    public let path: String

    /// Makes a new folder, readable by this user only.
    public init() throws {
        let name = "cacheworker-test-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        try Watchdog.shared().guardFolder(path)
    }

    /// The path of a file inside, which need not exist.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a text file and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        let path = file(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The text of a file; empty when there is none yet.
    public func read(_ name: String) -> String {
        guard let data = FileManager.default.contents(atPath: file(name)) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Removes the folder with all it holds; a second call changes nothing.
    public func remove() {
        // A server that was just killed may have left it half removed: nothing to do about it.
        try? FileManager.default.removeItem(atPath: path)
    }
}
