import CacheDomain
import Testing

@Suite struct CoherenceMessageTests {
    private func message(_ members: String) throws -> CoherenceMessage {
        try CoherenceMessage(parsing: Array(#"{"s":1,"e":"e"\#(members)}"#.utf8)[...])
    }

    @Test func `the time of a message survives writing and reading`() throws {
        for time in [Duration.zero, .microseconds(1_764_490_740_123_456), .microseconds(Int64.max)]
        {
            let message = CoherenceMessage(
                position: LogPosition(epoch: "e", sequence: 1),
                node: "n",
                announcement: Announcement(keys: ["k"]),
                publishedAt: time
            )
            #expect(try CoherenceMessage(parsing: message.encoded[...]) == message)
        }
    }

    @Test(arguments: [
        "", #","at":"1764490740123456""#, #","at":null"#, #","at":1e15"#,
        #","at":99999999999999999999"#, #","at":[1]"#,
    ])
    func `a message without a time that can be read is as good as any`(member: String) throws {
        let message = try message(member + #","k":["k"]"#)
        #expect(message.publishedAt == nil && message.announcement.keys == ["k"])
    }
}
