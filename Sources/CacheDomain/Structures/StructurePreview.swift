/// What a key will hold as a transaction goes on: a step that cannot be done is found before
/// anything is.
public struct StructurePreview: Sendable {
    /// Numbers beyond this are refused: JSON and Lua know no others exactly.
    public static let greatestNumber = 9_007_199_254_740_991

    private var kind: StructureStep.Kind?
    private var text: [UInt8]?

    /// What a key holds now; nil where it holds nothing, and the text of a string.
    public init(kind: StructureStep.Kind?, text: [UInt8]?) {
        self.kind = kind
        self.text = text
    }

    /// Goes on behind a step, or throws if it cannot be done.
    public mutating func follow(_ step: StructureStep) throws(StoreError) {
        if let wanted = step.kind, let kind, wanted != kind {
            throw .wrongStructure(step, holds: kind)
        }
        switch step {
        case .setValue(_, let bytes, _): (kind, text) = (.string, bytes)
        case .add(_, let amount, _):
            guard let number = text.map(Self.number) ?? 0 else { throw .noNumber(step) }
            let (sum, overflows) = number.addingReportingOverflow(amount)
            guard !overflows, sum.magnitude <= Self.greatestNumber.magnitude else {
                throw .numberOutOfRange(step)
            }
            (kind, text) = (.string, Array("\(sum)".utf8))
        case .remove: (kind, text) = (nil, nil)
        case .setFields, .append, .mark, .addMember:
            kind = step.kind
        default: break
        }
    }

    /// The whole number that the text is, as Redis reads it.
    public static func number(_ text: [UInt8]) -> Int? {
        let string = String(decoding: text, as: UTF8.self)
        guard let number = Int(string), "\(number)" == string else { return nil }
        return number
    }
}

extension StoreError {
    /// A step wants another structure than the key holds.
    public static func wrongStructure(
        _ step: StructureStep,
        holds kind: StructureStep.Kind?
    ) -> StoreError {
        let wanted = step.kind?.rawValue ?? "structure of its own"
        let held = kind?.rawValue ?? "another structure"
        return StoreError(
            .invalid,
            "\(step.key) holds \(held), not \(wanted), and nothing was done: use another key"
        )
    }

    /// A step wants to add to what is no number.
    public static func noNumber(_ step: StructureStep) -> StoreError {
        StoreError(
            .invalid,
            "\(step.key) holds no whole number that could be added to: nothing was done"
        )
    }

    /// A sum would be too great.
    public static func numberOutOfRange(_ step: StructureStep) -> StoreError {
        StoreError(
            .invalid,
            "\(step.key) would pass \(StructurePreview.greatestNumber): nothing was done"
        )
    }
}
