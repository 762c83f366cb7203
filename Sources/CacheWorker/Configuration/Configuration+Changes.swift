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
    }
}
