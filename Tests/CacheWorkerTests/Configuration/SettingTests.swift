import Telemetry
import Testing

@testable import CacheWorker

@Suite("The table of settings")
struct SettingTests {
    @Test("has no name twice")
    func unique() {
        for names in [
            Setting.all.flatMap(\.environmentNames), Setting.all.flatMap(\.fileNames),
            Setting.all.flatMap(\.flagNames),
        ] {
            #expect(Set(names.map(\.name)).count == names.count)
        }
        let options = CommandOutline.all.map { $0.allOptions.map(\.name) }
        for names in options { #expect(Set(names).count == names.count) }
    }

    @Test("reads each default back from its own text", arguments: Setting.all)
    func defaults(setting: Setting) throws {
        let defaults = Configuration.defaults(on: .fixed())
        let text = setting.text(defaults)
        guard !text.isEmpty else { return }
        var other = defaults
        try setting.assign(text, &other)
        #expect(other == defaults)
    }

    @Test("tells what a reload changes and when that counts")
    func changes() {
        let old = Configuration.defaults(on: .fixed())
        #expect(Configuration.changes(from: old, to: old) == [])
        var new = old
        new.logLevel = .debug
        new.redisPassword = Secret("x")
        new.drainTimeout = .seconds(1)
        #expect(
            Configuration.changes(from: old, to: new) == [
                .init(name: "drain_timeout", takesEffect: .afterRestart),
                .init(name: "redis.password", takesEffect: .afterRestart),
                .init(name: "log.level", takesEffect: .now),
            ]
        )
        var newer = new
        newer.redisPassword = Secret("y")
        #expect(Configuration.changes(from: new, to: newer).map(\.name) == ["redis.password"])
    }
}
