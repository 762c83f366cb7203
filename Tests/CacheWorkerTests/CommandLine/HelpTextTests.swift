import Testing

@testable import CacheWorker

@Suite("Help")
struct HelpTextTests {
    private func help(_ words: [String]) throws -> String {
        guard case .help(let text) = try CommandParser.parse(words) else {
            throw UsageError(command: words.joined(separator: " "), message: "printed no help")
        }
        return text
    }

    @Test("stands behind --help and -h everywhere, also when the rest of the line is wrong")
    func everywhere() throws {
        for outline in CommandOutline.all {
            let text = try help(outline.words + ["--help"])
            #expect(try help(outline.words + ["--zebra", "-h"]) == text)
            #expect(text.contains("Usage: cacheworker \(outline.words.joined(separator: " "))"))
        }
        #expect(try help(["--help"]) == help(["help"]))
        #expect(try help(["cache", "--help"]).contains("cache invalidate"))
    }

    @Test("names every option, setting and variable, in lines of at most 100 characters")
    func complete() throws {
        for outline in CommandOutline.all {
            let text = try help(outline.words + ["--help"])
            for option in outline.allOptions { #expect(text.contains("\(option.name) ")) }
            for setting in Setting.all where outline.takesSettings {
                #expect(
                    text.contains("(\(setting.variable)") && text.contains("; \(setting.path);")
                )
            }
            for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
        }
    }

    @Test("has examples that are command lines", arguments: CommandOutline.all)
    func examples(outline: CommandOutline) throws {
        #expect(!outline.examples.isEmpty)
        let text = try help(outline.words + ["--help"])
        for example in outline.examples {
            #expect(text.contains("    cacheworker \(example)\n"))
            let line = example.split(separator: "<")[0]
            let words = line.split(separator: " ").map { $0.filter { $0 != "'" } }
            let command = try CommandParser.parse(words)
            if case .help = command { Issue.record("\(example) asks for help") }
        }
    }
}
