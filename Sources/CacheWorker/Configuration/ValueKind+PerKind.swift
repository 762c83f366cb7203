import Jobs

extension ValueKind {
    /// A value for every kind of job: `300s, warm=30s, task=10m`.
    ///
    /// The part without a name holds for all kinds that have none of their own; without it
    /// `standard` does.
    static func perKind<Each>(
        _ each: ValueKind<Each>,
        standard: Each
    ) -> ValueKind<PerKind<Each>> where Value == PerKind<Each> {
        ValueKind<PerKind<Each>>(
            metavariable: "\(each.metavariable)|KIND=\(each.metavariable),…",
            read: { text throws(ValueFault) in
                var parts = PerKindParts<Each>()
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    try parts.add(part.trimmingSpaces, each)
                }
                return PerKind(parts.standard ?? standard, except: parts.exceptions)
            },
            text: { value in
                let standard = each.text(value.standard)
                let exceptions = Job.Kind.allCases.compactMap { kind in
                    value.exceptions[kind].map { "\(kind.rawValue)=\(each.text($0))" }
                }
                return ((standard.isEmpty ? [] : [standard]) + exceptions).joined(separator: ", ")
            },
            takesList: true
        )
    }
}

/// What has been read so far of a text with a value for every kind.
private struct PerKindParts<Each: Sendable & Equatable> {
    private(set) var standard: Each?
    private(set) var exceptions: [Job.Kind: Each] = [:]

    mutating func add(_ text: String, _ each: ValueKind<Each>) throws(ValueFault) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else {
            let value = try read(text, each, of: "the value for all kinds")
            guard standard == nil else {
                throw .unusable("\"\(text)\" is a second value for all kinds")
            }
            standard = value
            return
        }
        let name = sides[0].trimmingSpaces
        guard let kind = Job.Kind(rawValue: name) else {
            let names = Job.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .unusable("there is no kind \"\(name)\"; there are: \(names)")
        }
        guard exceptions[kind] == nil else { throw .unusable("\(name) stands there twice") }
        exceptions[kind] = try read(sides[1].trimmingSpaces, each, of: "the value of \(name)")
    }

    private func read(
        _ text: String,
        _ each: ValueKind<Each>,
        of subject: String
    ) throws(ValueFault) -> Each {
        // None of the readers expects an empty text.
        guard !text.isEmpty else { throw .unusable("\(subject) is missing") }
        do throws(ValueFault) {
            return try each.read(text)
        } catch {
            throw .unusable("\(subject) \(error.predicate(of: text))")
        }
    }
}
