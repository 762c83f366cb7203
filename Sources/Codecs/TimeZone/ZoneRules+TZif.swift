extension ZoneRules {
    /// Offsets that are possible: RFC 9636 asks for no more than 25 h west and 26 h east.
    private static let offsets = -89_999...93_599
    /// More changes than any place will ever have.
    private static let maxChanges = 4_096

    /// Reads a file of the time zone database: TZif of version 1 to 4, RFC 9636.
    ///
    /// Everything is checked that the format promises; nothing is guessed.
    public init(tzif bytes: [UInt8]) throws(TZifError) {
        var reader = TZifReader(bytes)
        var header = try reader.header()
        if header.version > 1 {
            // What programs of the last century read.
            try reader.skip(header.blockBytes(wordBytes: 4))
            header = try reader.header()
        }
        try header.check(maxChanges: Self.maxChanges)
        let wordBytes = header.version > 1 ? 8 : 4
        var times: [Int] = []
        for _ in 0..<header.changeCount {
            let time = try reader.integer(wordBytes)
            guard time > times.last ?? .min else {
                throw TZifError(.value, "the changes are not in their order")
            }
            times.append(time)
        }
        let kinds = try reader.take(header.changeCount)
        let offsets = try Self.offsets(header, &reader)
        try reader.skip(header.isStandardCount + header.isUniversalCount)
        var changes: [ZoneChange] = []
        for (time, kind) in zip(times, kinds) {
            guard kind < offsets.count else {
                throw TZifError(.value, "a change to a kind of time that is not there")
            }
            changes.append(ZoneChange(at: time, offset: offsets[Int(kind)]))
        }
        let rule = header.version > 1 ? try reader.footer(version: header.version) : nil
        try reader.expectEnd()
        if let rule, let last = changes.last, rule.offset(at: last.at) != last.offset {
            throw TZifError(.footer, "the rule contradicts the last change")
        }
        if let rule, changes.isEmpty, rule.summer == nil, rule.offset != offsets[0] {
            throw TZifError(.footer, "the rule contradicts the only kind of time")
        }
        self.init(firstOffset: offsets[0], changes: changes, rule: rule)
    }

    /// The offset of each kind of local time, and behind them their names.
    private static func offsets(
        _ header: TZifHeader,
        _ reader: inout TZifReader
    ) throws(TZifError) -> [Int] {
        var offsets: [Int] = []
        var nameIndexes: [UInt8] = []
        for _ in 0..<header.kindCount {
            let offset = try reader.integer(4)
            guard Self.offsets.contains(offset) else {
                throw TZifError(.value, "an offset of \(offset) s")
            }
            offsets.append(offset)
            let flags = try reader.take(2)
            guard let isSummer = flags.first, isSummer <= 1, let name = flags.last else {
                throw TZifError(.value, "a flag that is neither 0 nor 1")
            }
            nameIndexes.append(name)
        }
        let names = try reader.take(header.nameBytes)
        guard nameIndexes.allSatisfy({ Int($0) < names.count }), names.last == 0 else {
            throw TZifError(.value, "a kind of time has no name")
        }
        return offsets
    }
}
