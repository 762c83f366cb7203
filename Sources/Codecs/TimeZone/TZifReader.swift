/// Takes the bytes of a TZif file from their beginning.
struct TZifReader {
    private static let lineFeed = UInt8(ascii: "\n")
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next bytes.
    mutating func take(_ count: Int) throws(TZifError) -> ArraySlice<UInt8> {
        guard count <= rest.count else {
            throw TZifError(.length, "it ends too early: it may have been cut off")
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// Passes bytes over.
    mutating func skip(_ count: Int) throws(TZifError) { _ = try take(count) }

    /// A signed number of 4 or 8 bytes, the most significant first.
    mutating func integer(_ count: Int) throws(TZifError) -> Int {
        let bits = try take(count).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return count == 4 ? Int(Int32(truncatingIfNeeded: bits)) : Int(Int64(bitPattern: bits))
    }

    /// The head of a block.
    mutating func header() throws(TZifError) -> TZifHeader {
        guard rest.starts(with: Array("TZif".utf8)) else {
            throw TZifError(.notTZif, "it is no file of the time zone database (TZif)")
        }
        try skip(4)
        let versions: [UInt8: Int] = [
            0: 1, UInt8(ascii: "2"): 2, UInt8(ascii: "3"): 3, UInt8(ascii: "4"): 4,
        ]
        guard let version = versions[try take(1).first ?? 0] else {
            throw TZifError(.version, "its version is none of 1 to 4")
        }
        try skip(15)
        var counts: [Int] = []
        for _ in 0..<6 {
            let count = try integer(4)
            guard count >= 0 else { throw TZifError(.value, "a count that is negative") }
            counts.append(count)
        }
        return TZifHeader(
            version: version,
            isUniversalCount: counts[0],
            isStandardCount: counts[1],
            leapCount: counts[2],
            changeCount: counts[3],
            kindCount: counts[4],
            nameBytes: counts[5]
        )
    }

    /// The rule between two line feeds; nil when nothing stands there.
    mutating func footer(version: Int) throws(TZifError) -> PosixZone? {
        guard try take(1).first == Self.lineFeed, let end = rest.firstIndex(of: Self.lineFeed)
        else { throw TZifError(.footer, "the rule for the years to come is missing") }
        let text = rest[..<end]
        rest = rest[(end + 1)...]
        guard !text.isEmpty else { return nil }
        var parser = PosixZoneParser(text, allowsFarHours: version > 2)
        guard let rule = parser.zone() else {
            let shown = String(decoding: text, as: UTF8.self)
            throw TZifError(.footer, "the rule for the years to come is none: \(shown)")
        }
        return rule
    }

    /// Holds the file to its end.
    func expectEnd() throws(TZifError) {
        guard rest.isEmpty else {
            throw TZifError(.length, "\(rest.count) bytes follow behind its end")
        }
    }
}
