/// The head of a block of a TZif file: what follows and how much of it.
struct TZifHeader: Sendable, Equatable {
    let version: Int
    let isUniversalCount: Int
    let isStandardCount: Int
    let leapCount: Int
    let changeCount: Int
    let kindCount: Int
    let nameBytes: Int

    /// How long the block after this head is.
    func blockBytes(wordBytes: Int) -> Int {
        changeCount * (wordBytes + 1) + kindCount * 6 + nameBytes + leapCount * (wordBytes + 4)
            + isStandardCount + isUniversalCount
    }

    /// Holds the counts to what RFC 9636 says of them.
    func check(maxChanges: Int) throws(TZifError) {
        guard (1...256).contains(kindCount), (1...256 * 64).contains(nameBytes) else {
            throw TZifError(.value, "there must be 1 to 256 kinds of time, and their names")
        }
        guard [0, kindCount].contains(isUniversalCount), [0, kindCount].contains(isStandardCount)
        else { throw TZifError(.value, "there must be an indicator for each kind of time or none") }
        guard changeCount <= maxChanges else {
            throw TZifError(.value, "there are \(changeCount) changes, at most \(maxChanges)")
        }
        guard leapCount == 0 else {
            throw TZifError(.leapSeconds, "it counts leap seconds, which computers' clocks do not")
        }
    }
}
