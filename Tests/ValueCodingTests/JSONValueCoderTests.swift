import CacheDomain
import Foundation
import Testing
import ValueCoding

@Suite struct JSONValueCoderTests {
    enum Status: String, Codable {
        case inProgress = "in_progress"
        case completed
    }

    struct Call: Codable, Equatable {
        var id: String
        var arguments: [String: Int]
    }

    struct State: Codable, Equatable {
        var status: Status
        var note: String
        var isReady: Bool
        var count: Int
        var share: Double
        var calls: [Call]
        var startedAt: Date
        var absent: String?
        var tags: Set<String>?
    }

    private let coder = JSONValueCoder()
    private let state = State(
        status: .inProgress,
        note: "5",
        isReady: true,
        count: -7,
        share: 0.25,
        calls: [Call(id: "c/1", arguments: ["a": 1])],
        startedAt: Date(timeIntervalSince1970: 1_700_000_000),
        absent: nil,
        tags: ["x"]
    )

    @Test func `text stands in its field as it is, and everything else as JSON`() throws {
        let fields = try coder.encodeFields(state)
        let texts = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.text) })
        #expect(
            texts == [
                "status": "in_progress", "note": "5", "isReady": "true", "count": "-7",
                "share": "0.25", "calls": #"[{"arguments":{"a":1},"id":"c/1"}]"#,
                "startedAt": "2023-11-14T22:13:20Z", "tags": #"["x"]"#,
            ]
        )
    }

    @Test func `fields come back as the value they were`() throws {
        #expect(try coder.decode(State.self, from: try coder.encodeFields(state)) == state)
    }

    @Test func `a dictionary of texts takes the fields of any program`() throws {
        let fields = [StructureField("a", "1"), StructureField("b", #"{"c":[]}"#)]
        let decoded = try coder.decode([String: String].self, from: fields)
        #expect(decoded == ["a": "1", "b": #"{"c":[]}"#])
    }

    @Test(arguments: [
        [("note", "5")], [("count", "many")], [("calls", "[")], [("startedAt", "yesterday")],
    ])
    func `what does not fit is told with the field`(changes: [(String, String)]) throws {
        var fields = try coder.encodeFields(state)
        for (name, text) in changes {
            fields.removeAll { $0.name == name }
            if name != "note" { fields.append(StructureField(name, text)) }
        }
        let error = #expect(throws: DecodingError.self) {
            try coder.decode(State.self, from: fields)
        }
        #expect("\(try #require(error))".contains(changes[0].0))
    }

    @Test func `a value that has no fields is refused`() {
        #expect(throws: (any Error).self) { try coder.encodeFields([1, 2]) }
        #expect(throws: DecodingError.self) {
            try coder.decode([Int].self, from: [StructureField("a", "1")])
        }
        #expect(throws: DecodingError.self) {
            try coder.decode(Int.self, from: [StructureField("a", "1")])
        }
    }

    @Test func `a value is JSON in a fixed order, and comes back`() throws {
        let bytes = try coder.encode(["b": 1, "a": 2])
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"a":2,"b":1}"#)
        #expect(try coder.decode([String: Int].self, from: bytes) == ["a": 2, "b": 1])
        #expect(try coder.decode(Int.self, from: try coder.encode(5)) == 5)
        #expect(throws: DecodingError.self) { try coder.decode(Int.self, from: Array("{".utf8)) }
    }
}

@Suite struct PropertyListValueCoderTests {
    struct Value: Codable, Equatable {
        var bytes: Data
        var date: Date
        var name: String?
    }

    @Test func `bytes and dates come back as they were`() throws {
        let coder = PropertyListValueCoder()
        let value = Value(bytes: Data([0, 255, 10]), date: Date(timeIntervalSince1970: 0.5))
        #expect(try coder.decode(Value.self, from: try coder.encode(value)) == value)
        #expect(try coder.decode(Int.self, from: try coder.encode(7)) == 7)
        #expect(try coder.decode(String.self, from: try coder.encode("é")) == "é")
    }

    @Test func `what is another form, or another type, is refused`() throws {
        let coder = PropertyListValueCoder()
        #expect(throws: (any Error).self) {
            try coder.decode(Int.self, from: Array("7".utf8))
        }
        let text = try coder.encode("text")
        #expect(throws: DecodingError.self) { try coder.decode(Int.self, from: text) }
    }
}
