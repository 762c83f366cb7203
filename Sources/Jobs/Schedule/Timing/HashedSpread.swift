import Codecs

/// Spreads entries over time: the same name always has the same numbers, others have others.
struct HashedSpread: Sendable {
    /// The name of the entry.
    let name: String

    /// A number from 0 to below `count`, of its own for each field.
    func number(below count: Int, for field: CronFieldKind) -> Int {
        var digest = Digest()
        digest.add(name.utf8)
        digest.add(field.name.utf8)
        // The low bits of the digest alone are not spread well enough.
        var bits = digest.number
        bits = (bits ^ (bits >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        bits ^= bits >> 33
        return Int(bits % UInt64(count))
    }
}
