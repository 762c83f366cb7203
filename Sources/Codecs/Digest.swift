/// FNV-1a, 64 bits: names what has no name by what it holds; nothing that must be secure.
public struct Digest: Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The digest of nothing.
    public init() {}

    /// The state, for what needs a number; its low bits are the least mixed.
    public var number: UInt64 { state }

    /// The digits of the state.
    public var text: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Adds a part and its end, so that parts cannot flow into each other.
    public mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        state = (state ^ 0x1FF) &* 0x100_0000_01B3
    }
}
