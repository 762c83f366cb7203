import Foundation
import Testing

@Suite("The tree")
struct TreeTests {
    /// What is read: folders and files of the root, and the kinds of text in them.
    private static let roots = [
        "Sources", "Tests", "Benchmarks", "Scripts", "compose", "config", ".ci", "Package.swift",
        "Makefile", "README.md", "ARCHITECTURE.md",
    ]
    private static let unread: Set = ["ndjson", "json", "gz", "pyc", "o", "png", "a", "so"]
    /// Above this a file is data.
    private static let maxTextBytes = 1 << 20

    @Test("keeps every rule of the house")
    func rules() throws {
        let files = try TreeTests.files()
        #expect(files.count > 20, "the tree was not found")
        let violations = files.flatMap { file in houseRules.flatMap { $0.violations(in: file) } }
        let report = violations.map(\.description).joined(separator: "\n")
        #expect(violations.isEmpty, "\n\(report)")
    }

    private static func files() throws -> [SourceFile] {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .path
        return try roots.flatMap { try paths(at: $0, in: root) }.sorted()
            .compactMap { path in
                let data = try Data(contentsOf: URL(fileURLWithPath: root + "/" + path))
                guard data.count <= maxTextBytes, !data.contains(0) else { return nil }
                return SourceFile(path: path, text: String(decoding: data, as: UTF8.self))
            }
    }

    private static func paths(at name: String, in root: String) throws -> [String] {
        var isFolder: ObjCBool = false
        let path = root + "/" + name
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return []
        }
        guard isFolder.boolValue else { return [name] }
        let inside = try FileManager.default.contentsOfDirectory(atPath: path)
        return
            try inside.filter { entry in
                !entry.hasPrefix(".")
                    && !unread.contains(entry.split(separator: ".").last.map(String.init) ?? "")
            }
            .flatMap { try paths(at: name + "/" + $0, in: root) }
    }
}
