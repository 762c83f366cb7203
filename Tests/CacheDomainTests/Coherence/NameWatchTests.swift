import Testing

@testable import CacheDomain

@Suite struct NameWatchTests {
    private let first = ProcessToken(startedAt: 5, random: 1)
    private let second = ProcessToken(startedAt: 1_764_000_000_000, random: 0)

    @Test func `of two processes one yields, whatever each hears first`() {
        var (older, newer) = (
            NameWatch(node: "n", token: first), NameWatch(node: "n", token: second)
        )
        for round in 1...3 {
            #expect(older.heard("\(second.text)-\(round)", from: "n") == .speak)
            let verdict = newer.heard("\(first.text)-\(round)", from: "n")
            #expect(verdict == (round == 1 ? .speak : .yield))
        }
    }

    @Test func `the last word of a process that has ended takes no name away`() {
        var watch = NameWatch(node: "n", token: second)
        for _ in 0..<3 { #expect(watch.heard("\(first.text)-8", from: "n") == .speak) }
    }

    @Test func `own words and those of other names mean nothing`() {
        var watch = NameWatch(node: "n", token: second)
        for _ in 0..<2 {
            #expect(watch.heard("\(second.text)-1", from: "n") == .other)
            #expect(watch.heard("\(first.text)-1", from: "m") == .other)
        }
        var nameless = NameWatch(node: nil, token: second)
        #expect(nameless.heard("\(first.text)-1", from: "") == .other)
    }

    @Test func `tokens compare as the times do at which the processes began`() {
        let times: [UInt64] = [0, 1, 35, 36, 1_764_000_000_000, 1_764_000_000_001]
        for (early, late) in zip(times, times.dropFirst()) {
            let tokens = (
                ProcessToken(startedAt: early, random: .max),
                ProcessToken(startedAt: late, random: .min)
            )
            #expect(tokens.0 < tokens.1 && !(tokens.1 < tokens.0))
        }
    }

    @Test(arguments: ["", "x", "-", "a-b-c"])
    func `a canary of another making is some process of its own`(canary: String) {
        var watch = NameWatch(node: "n", token: second)
        #expect(watch.heard(canary, from: "n") == .speak)
    }
}
