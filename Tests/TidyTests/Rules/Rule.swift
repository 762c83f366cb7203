/// A rule of the house: a pure function of one file.
protocol Rule: Sendable {
    /// The places in the file that break it.
    func violations(in file: SourceFile) -> [Violation]
}

/// All rules, as the tree is held to them.
let houseRules: [any Rule] = [
    LayeringRule(), SizeRule(), WordRule(), NamingRule(), SafetyRule(),
]
