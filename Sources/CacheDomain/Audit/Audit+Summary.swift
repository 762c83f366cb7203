import Codecs

/// What a log tells of values, which it never shows, and of positions.
extension Audit {
    static func summary(of value: [UInt8]?) -> String {
        guard let value else { return "none" }
        var digest = Digest()
        digest.add(value)
        return "\(digest.text) (\(value.count) bytes)"
    }

    static func summary(of position: LogPosition?) -> String {
        guard let position else { return "unknown" }
        return "\(position.sequence) of \(position.epoch.isEmpty ? "no epoch" : position.epoch)"
    }
}
