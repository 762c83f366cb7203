import Testing
import ValueCoding

@Suite(.timeLimit(.minutes(1))) struct InputDigestTests {
    private struct Input: Encodable {
        var b: [Int?]
        var a: String
    }

    private struct Swapped: Encodable {
        var a: String
        var b: [Int?]
    }

    @Test func `equal inputs have one digest, whatever the order of their members`() throws {
        let digest = try InputDigest.text(of: Input(b: [1, nil], a: "x"))
        #expect(try InputDigest.text(of: Swapped(a: "x", b: [1, nil])) == digest)
        #expect(try InputDigest.text(of: Input(b: [nil, 1], a: "x")) != digest)
        #expect(digest.count == 32)
    }

    /// `sha256(json.dumps(…, sort_keys=True, separators=(",", ":"), ensure_ascii=False))[:32]`.
    @Test func `a digest is what Python makes of the same JSON`() throws {
        struct Value: Encodable {
            var b: [OptionValue]
            var a: String
        }
        enum OptionValue: Encodable {
            case number, yes, null

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch self {
                case .number: try container.encode(1)
                case .yes: try container.encode(true)
                case .null: try container.encodeNil()
                }
            }
        }
        let value = Value(b: [.number, .yes, .null], a: "\u{E9}/")
        #expect(try InputDigest.text(of: value) == "7fba8a96ed1a16087a52517c7794f9dd")
    }

    @Test func `what is no JSON has no digest`() {
        #expect(throws: (any Error).self) { try InputDigest.text(of: Double.nan) }
    }
}
