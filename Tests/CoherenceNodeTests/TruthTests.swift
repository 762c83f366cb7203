import Testing

@testable import CoherenceNode

@Suite("What the judge knows of the store")
struct TruthTests {
    private var truth = Truth(keyCount: 1)

    private mutating func look(_ value: UInt64?, _ asked: UInt64, _ answered: UInt64) {
        truth.saw([value], asked: asked, answered: answered)
    }

    @Test("A copy of what two looks have seen is true in between")
    mutating func isTrueInBetween() {
        look(1, 10, 11)
        look(1, 20, 21)
        #expect(truth.age(of: 1, at: 15) == .none)
        #expect(truth.age(of: 1, at: 20) == .none)
    }

    @Test("A copy of what went is as old as the looks around that moment allow")
    mutating func agesFromItsEnd() {
        look(1, 10, 11)
        look(2, 20, 25)
        look(2, 30, 31)
        #expect(truth.age(of: 1, at: 12) == Truth.Age(least: 0, most: 2))
        #expect(truth.age(of: 1, at: 29) == Truth.Age(least: 4, most: 19))
        #expect(truth.age(of: 2, at: 15) == .none)
    }

    @Test("What was removed is gone")
    mutating func removedIsGone() {
        look(1, 10, 11)
        look(nil, 20, 21)
        look(nil, 30, 31)
        #expect(truth.age(of: 1, at: 30) == Truth.Age(least: 9, most: 20))
    }

    @Test("What was evicted is still the last one written, until there is another one")
    mutating func evictedStays() {
        look(1, 10, 11)
        truth.isEvicting = true
        look(nil, 20, 21)
        truth.isEvicting = false
        look(nil, 30, 31)
        #expect(truth.age(of: 1, at: 29) == .none)
        look(2, 40, 41)
        look(2, 50, 51)
        #expect(truth.age(of: 1, at: 50) == Truth.Age(least: 9, most: 20))
    }

    @Test("A value that is there again behind a break was not there meanwhile")
    mutating func breakIsNoTruth() {
        look(1, 10, 11)
        truth.broke(at: 15)
        look(1, 40, 41)
        look(1, 50, 51)
        #expect(truth.age(of: 1, at: 30) == Truth.Age(least: 15, most: 20))
        #expect(truth.age(of: 1, at: 45) == .none)
    }

    @Test("A value whose successor was lost with the server is true again")
    mutating func lostEndMakesTrueAgain() {
        look(1, 10, 11)
        look(2, 20, 21)
        truth.broke(at: 25)
        look(1, 30, 31)
        look(1, 40, 41)
        #expect(truth.age(of: 1, at: 24) == Truth.Age(least: 3, most: 14))
        #expect(truth.age(of: 1, at: 35) == .none)
        #expect(truth.age(of: 2, at: 35) == Truth.Age(least: 10, most: 15))
        #expect(!truth.isBefore(1, 2), "it came after it, too")
    }

    @Test("A value that no look has seen is as old as its writing at most")
    mutating func unseenValue() {
        truth.wrote(7, at: 12)
        look(1, 10, 11)
        look(2, 20, 21)
        truth.mention(7, from: 14, to: 15, isAnswer: false)
        #expect(truth.age(of: 7, at: 15) == Truth.Age(least: 0, most: 3))
        #expect(truth.age(of: 7, at: 40) == Truth.Age(least: 19, most: 28))
    }

    @Test("What was gone before another came is before it, and nothing else is")
    mutating func order() {
        look(1, 10, 11)
        look(2, 20, 21)
        truth.broke(at: 25)
        look(3, 30, 31)
        truth.mention(9, from: 21, to: 22, isAnswer: true)
        #expect(truth.isBefore(1, 2))
        #expect(truth.isBefore(2, 3))
        #expect(!truth.isBefore(2, 1))
        #expect(!truth.isBefore(3, 2))
        #expect(!truth.isBefore(1, 9), "nobody knows when 9 came")
    }
}
