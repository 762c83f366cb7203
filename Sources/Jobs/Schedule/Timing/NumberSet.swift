/// A set of numbers from 0 to 63.
struct NumberSet: Sendable, Hashable {
    private var bits: UInt64 = 0

    var isEmpty: Bool { bits == 0 }
    var first: Int? { bits == 0 ? nil : bits.trailingZeroBitCount }
    var last: Int? { bits == 0 ? nil : 63 - bits.leadingZeroBitCount }

    func contains(_ number: Int) -> Bool { bits >> UInt64(number) & 1 == 1 }

    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }

    /// The least member that is not less than the number.
    func first(from number: Int) -> Int? {
        let rest = bits & (~0 << UInt64(number))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// The greatest member that is not greater than the number.
    func last(through number: Int) -> Int? {
        let rest = bits & (~0 >> UInt64(63 - number))
        return rest == 0 ? nil : 63 - rest.leadingZeroBitCount
    }

    func union(_ other: NumberSet) -> NumberSet { NumberSet(bits: bits | other.bits) }

    func intersection(_ other: NumberSet) -> NumberSet { NumberSet(bits: bits & other.bits) }

    /// All numbers of a range, each `step` after the one before.
    init(_ range: ClosedRange<Int>, by step: Int = 1) {
        for number in stride(from: range.lowerBound, through: range.upperBound, by: step) {
            insert(number)
        }
    }

    init() {}

    private init(bits: UInt64) { self.bits = bits }
}
