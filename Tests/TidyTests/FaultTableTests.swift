import Foundation
import Testing

/// docs/FAULTS.md names a test for each fault, or a reason: this holds it to that.
@Suite("docs/FAULTS.md")
struct FaultTableTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    /// The cells of the table, one list a fault.
    private static func rows() throws -> [[String]] {
        let data = try Data(contentsOf: URL(fileURLWithPath: root + "/docs/FAULTS.md"))
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("| ") && $0.dropFirst(2).first?.isNumber == true }
            .map { line in
                line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            }
    }

    /// What stands in backquotes in the last cell: `Target/File: name of the test`.
    private static func references(in row: [String]) -> [String] {
        let parts = (row.last ?? "").split(separator: "`", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
    }

    @Test("tells of all 86 faults in their order, each with a test or a reason")
    func numbers() throws {
        let rows = try Self.rows()
        #expect(rows.map(\.first) == (1...86).map { "\($0)" })
        #expect(rows.allSatisfy { $0.count == 5 && ($0.last?.count ?? 0) > 5 })
    }

    @Test("names tests that exist")
    func tests() throws {
        var count = 0
        for reference in try Self.rows().flatMap(Self.references) {
            let parts = reference.split(separator: ":", maxSplits: 1).map(String.init)
            let place = parts.first?.split(separator: "/").map(String.init) ?? []
            guard parts.count == 2, place.count == 2 else {
                Issue.record("not Target/File: name: \(reference)")
                continue
            }
            let name = parts[1].trimmingCharacters(in: .whitespaces)
            let text = try Self.file(named: place[1] + ".swift", in: "Tests/" + place[0])
            let isThere = text.contains("\"\(name)\"") || text.contains("`\(name)`")
            #expect(isThere, "no such test: \(reference)")
            count += 1
        }
        #expect(count > 86)
    }

    /// The text of the file of that name somewhere in a folder; empty when there is none.
    private static func file(named name: String, in folder: String) throws -> String {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)
        guard let path = paths.first(where: { $0.split(separator: "/").last == name[...] })
        else { return "" }
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(folder)/\(path)"))
        return String(decoding: data, as: UTF8.self)
    }
}
