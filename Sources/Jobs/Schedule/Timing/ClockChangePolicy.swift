/// What becomes of firings where the clocks of a zone are put forward or back.
public struct ClockChangePolicy: Sendable, Hashable {
    /// For times that the clocks leave out.
    public enum Gap: String, Sendable, Hashable, CaseIterable {
        /// An entry with a fixed minute and hour runs right after the gap, once; one whose minute
        /// or hour begins with `*` runs by elapsed time, so nothing is left out.
        case cronie
        /// What would be in the gap does not run.
        case skip
        /// It runs as much later as the clocks are put forward: at 03:30 for 02:30.
        case shift
        /// It runs right after the gap, whatever the entry; all that the gap holds, once.
        case transition
    }

    /// For times that the clocks show twice.
    public enum Overlap: String, Sendable, Hashable, CaseIterable {
        /// An entry with a fixed minute and hour runs the first time; one whose minute or hour
        /// begins with `*` runs by elapsed time, so both times.
        case cronie
        /// It runs the first time only.
        case first
        /// It runs the second time only.
        case second
        /// It runs both times.
        case twice
    }

    /// The rule of cronie for both.
    public static let cronie = ClockChangePolicy()

    /// For times that are left out.
    public var gap: Gap
    /// For times that come twice.
    public var overlap: Overlap

    /// A policy; what is not said goes by the rule of cronie.
    public init(gap: Gap = .cronie, overlap: Overlap = .cronie) {
        self.gap = gap
        self.overlap = overlap
    }

    /// A policy from its words: `cronie` (or `vixie`), one word, or one for gaps and one for
    /// overlaps with a comma between them; `gap=` and `overlap=` may stand before them.
    ///
    /// nil when a word is none, or two are about the same.
    public init?(_ text: String) {
        self.init()
        var (hasGap, hasOverlap) = (false, false)
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (kind, word) = (pair.count == 2 ? pair[0] : "", pair.last ?? "")
            let name = word == "vixie" ? "cronie" : String(word)
            guard ["", "gap", "overlap"].contains(kind) else { return nil }
            let gap = kind != "overlap" ? Gap(rawValue: name) : nil
            let overlap = kind != "gap" ? Overlap(rawValue: name) : nil
            guard gap != nil || overlap != nil, gap == nil || !hasGap,
                overlap == nil || !hasOverlap
            else { return nil }
            if let gap { (self.gap, hasGap) = (gap, true) }
            if let overlap { (self.overlap, hasOverlap) = (overlap, true) }
        }
    }

    /// The words that read as this policy.
    public var text: String {
        switch (gap, overlap) {
        case (.cronie, .cronie): "cronie"
        case (_, .cronie): gap.rawValue
        case (.cronie, _): overlap.rawValue
        default: "\(gap.rawValue),\(overlap.rawValue)"
        }
    }

    /// What the words may be, for messages.
    public static let allowed =
        "cronie, or skip, shift or transition for times left out, "
        + "and first, second or twice for times that come twice, as in shift,first"
}
