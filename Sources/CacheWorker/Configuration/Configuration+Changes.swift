import Jobs

extension Configuration {
    /// A setting that has another value than before.
    struct Change: Sendable, Equatable {
        /// Its name in the file: `log.level`.
        let name: String
        /// When the new value counts.
        let takesEffect: Setting.Effect
    }

    /// What differs after a reload, in the order of the settings; values are not told.
    static func changes(from old: Configuration, to new: Configuration) -> [Change] {
        Setting.all.filter { !$0.isSame(old, new) }
            .map { Change(name: $0.path, takesEffect: $0.takesEffect) }
            + changedEntries(from: old, to: new)
            .map { Change(name: "\(ScheduleSection.key).\($0)", takesEffect: .now) }
    }

    /// The names of entries that were added, changed or taken out, each once.
    private static func changedEntries(
        from old: Configuration,
        to new: Configuration
    ) -> [String] {
        func definitions(_ configuration: Configuration) -> [String: ScheduleEntry] {
            Dictionary(uniqueKeysWithValues: configuration.schedule.map { ($0.name, $0) })
        }
        let (before, after) = (definitions(old), definitions(new))
        return Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    }
}
