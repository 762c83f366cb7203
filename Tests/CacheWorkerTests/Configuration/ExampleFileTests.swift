import Foundation
import Testing

@testable import CacheWorker

@Suite("The example config/cacheworker.yaml")
struct ExampleFileTests {
    private func text() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: root.appendingPathComponent("config/cacheworker.yaml"),
            encoding: .utf8
        )
    }

    @Test("says the defaults")
    func defaults() throws {
        let system = HostSystem.fixed(files: ["example": try text()])
        let configuration = try Configuration.load(
            SettingArguments(configFile: "example"),
            on: system
        )
        #expect(configuration == .defaults(on: system))
    }

    @Test("holds every key, and names its variable and flag in the lines above")
    func complete() throws {
        var named: [String: String] = [:]
        var section = ""
        var comment = ""
        for line in try text().split(separator: "\n") {
            let words = line.drop { $0 == " " }
            if words.hasPrefix("#") {
                comment += words + "\n"
                continue
            }
            let key = String(words.prefix { $0 != ":" })
            if words.count == line.count { section = key }
            named[words.count == line.count ? key : section + "." + key] = comment
            comment = ""
        }
        for setting in Setting.all {
            for (file, variable) in zip(setting.fileNames, setting.environmentNames) {
                let comment = try #require(named[file.name], "\(file.name) is not in the example")
                let flag = setting.flagNames.first { $0.form == file.form }
                let names = ([variable.name] + [flag?.name].compactMap(\.self))
                #expect(comment.hasSuffix("# \(names.joined(separator: ", "))\n"))
            }
        }
    }

    @Test("gives values to all keys whose default is more than a rule")
    func values() throws {
        let lines = try text().split(separator: "\n").map { $0.drop { $0 == " " } }
        let defaults = Configuration.defaults(on: .fixed())
        for setting in Setting.all where setting.defaultWords == nil {
            let key = setting.path.split(separator: ".").last ?? ""
            #expect(lines.contains("\(key): \(setting.text(defaults))"))
        }
    }
}
