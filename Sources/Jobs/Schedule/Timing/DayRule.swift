/// What holds when both the day of the month and the day of the week are restricted.
public enum DayRule: String, Sendable, Hashable, CaseIterable {
    /// One of the two must be met: the rule of Vixie's cron. A field that begins with `*` or `?`
    /// restricts nothing by this rule, a step such as `*/2` included: then both must be met.
    case or
    /// Both must be met.
    case and
}
