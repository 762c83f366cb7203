@testable import AMQPClient

/// Bytes as a broker would send them, built without the code under test.
enum WireBuilder {
    static func frame(_ type: UInt8, _ channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
        [type] + bytes(channel) + bytes(UInt32(payload.count)) + payload + [0xCE]
    }

    static func method(_ classID: UInt16, _ methodID: UInt16, _ arguments: [UInt8] = []) -> [UInt8]
    {
        bytes(classID) + bytes(methodID) + arguments
    }

    static func methodFrame(
        _ channel: UInt16,
        _ classID: UInt16,
        _ methodID: UInt16,
        _ arguments: [UInt8] = []
    ) -> [UInt8] {
        frame(1, channel, method(classID, methodID, arguments))
    }

    static func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }
    static func long(_ text: String) -> [UInt8] { bytes(UInt32(text.utf8.count)) + text.utf8 }

    static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        var result: [UInt8] = []
        result.appendBigEndian(value)
        return result
    }

    /// A table with one entry `n`, whose value is another such table, `depth` levels in all.
    static func nestedTable(_ depth: Int) -> [UInt8] {
        // Built from the inside out: each level is 7 bytes around the one within.
        var heads: [[UInt8]] = []
        var size = 0
        for level in 0..<depth {
            heads.append(bytes(UInt32(size)) + (level == 0 ? [] : [1, UInt8(ascii: "n"), 0x46]))
            size += 4 + 3
        }
        return heads.reversed().flatMap { $0 }
    }

    /// A delivery of `body` in body frames of at most `part` bytes.
    static func delivery(
        _ tag: UInt64,
        _ body: [UInt8],
        on channel: UInt16 = 1,
        part: Int = 1 << 16,
        properties: [UInt8] = [0x80, 0] + short("application/json")
    ) -> [[UInt8]] {
        let deliver = short("consumer") + bytes(tag) + [0] + short("jobs") + short("first.user")
        let header = bytes(UInt16(60)) + [0, 0] + bytes(UInt64(body.count)) + properties
        var frames = [methodFrame(channel, 60, 60, deliver), frame(2, channel, header)]
        var rest = body[...]
        while !rest.isEmpty {
            frames.append(frame(3, channel, Array(rest.prefix(part))))
            rest = rest.dropFirst(part)
        }
        return frames
    }
}
