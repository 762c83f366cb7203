import Testing

@testable import CoherenceNode

@Suite("The judge of reads")
struct VerdictsTests {
    private static let bound: UInt64 = 100
    private var verdicts = Verdicts(keyCount: 1, bound: bound, isOrderedByLog: true)

    private mutating func look(_ value: UInt64?, at time: UInt64) {
        verdicts.truth.saw([value], asked: time, answered: time + 1)
        verdicts.judge()
    }

    private mutating func read(
        _ value: UInt64,
        at time: UInt64,
        _ origin: Record.Origin = .local,
        _ kind: Record.Kind = .read
    ) {
        var record = Record(kind, slot: 0, incarnation: 1, value: value)
        record.origin = origin
        record.start = time
        record.end = time + 1
        verdicts.take(record)
    }

    private mutating func place(_ value: UInt64, _ sequence: UInt64) {
        var record = Record(.place, slot: 0, incarnation: 1, value: value)
        record.start = sequence
        verdicts.take(record)
    }

    private mutating func change(
        _ kind: Record.Kind,
        _ value: UInt64,
        at time: UInt64,
        isAtomic: Bool
    ) {
        var record = Record(kind, slot: 0, incarnation: 1, value: value)
        record.isAtomic = isAtomic
        record.start = time
        record.end = time
        verdicts.take(record)
    }

    @Test("An old copy is within the bound, past it, or at its edge")
    mutating func agesAndBounds() {
        look(1, at: 10)
        look(2, at: 20)
        for time in [15, 30, 115, 200] as [UInt64] { read(1, at: time) }
        look(2, at: 300)
        #expect(verdicts.findings.reads == 4)
        #expect(verdicts.findings.staleWithin == 2)
        #expect(verdicts.findings.undecided == 1)
        #expect(verdicts.findings.stalePast == 1)
        #expect(verdicts.findings.worst == 179)
    }

    @Test("No read is judged before a look has asked after it")
    mutating func waits() {
        look(1, at: 10)
        read(1, at: 12)
        verdicts.judge()
        #expect(verdicts.findings.reads == 0)
        look(1, at: 20)
        #expect(verdicts.findings.localReads == 1)
        #expect(verdicts.findings.staleWithin == 0)
    }

    @Test("What the store answered is not judged by its age")
    mutating func remoteReads() {
        look(1, at: 10)
        look(2, at: 20)
        read(1, at: 200, .remote)
        look(2, at: 300)
        #expect(verdicts.findings.reads == 1)
        #expect(verdicts.findings.stalePast == 0)
    }

    @Test("A node that may be listening elsewhere has a bound of its own for that time")
    mutating func exceptions() {
        verdicts.exceptions = [Verdicts.Exception(slot: 0, start: 0, end: 250, bound: 500)]
        look(1, at: 10)
        look(2, at: 20)
        read(1, at: 200)
        read(1, at: 260)
        look(2, at: 300)
        #expect(verdicts.findings.staleWithin == 1)
        #expect(verdicts.findings.stalePast == 1)
    }

    @Test("A change of several steps counts from its announcement, one of one step at once")
    mutating func slowChanges() {
        look(1, at: 10)
        change(.begin, 2, at: 15, isAtomic: false)
        look(2, at: 20)
        read(1, at: 200)
        change(.end, 2, at: 150, isAtomic: false)
        look(2, at: 300)
        #expect(verdicts.findings.stalePast == 0)
        read(1, at: 310)
        look(2, at: 400)
        #expect(verdicts.findings.stalePast == 1)
        change(.begin, 3, at: 410, isAtomic: true)
        look(3, at: 420)
        read(2, at: 600)
        change(.end, 3, at: 590, isAtomic: true)
        look(3, at: 700)
        #expect(verdicts.findings.stalePast == 2)
    }

    @Test("A copy that differs from the store when all is over is stale at the end")
    mutating func end() {
        look(1, at: 10)
        look(2, at: 20)
        read(1, at: 25, .local, .final)
        read(2, at: 26, .local, .final)
        look(2, at: 30)
        #expect(verdicts.findings.finalReads == 2)
        #expect(verdicts.findings.staleAtEnd == 1)
    }

    @Test("A node that reads what came before something it has read goes backwards")
    mutating func backwards() {
        look(1, at: 10)
        look(2, at: 20)
        read(1, at: 11)
        read(2, at: 22)
        read(1, at: 24)
        look(2, at: 30)
        #expect(verdicts.findings.behind == 1)
    }

    @Test("Reads that overlap have no order")
    mutating func overlap() {
        look(1, at: 10)
        look(2, at: 20)
        read(2, at: 22)
        read(1, at: 22)
        look(2, at: 30)
        #expect(verdicts.findings.behind == 0)
    }

    @Test("Where looks cannot tell the order, the log does")
    mutating func orderOfTheLog() {
        place(7, 100)
        place(8, 101)
        look(1, at: 10)
        read(8, at: 12)
        read(7, at: 14)
        look(1, at: 20)
        #expect(verdicts.findings.behind == 1)
    }

    @Test("What a server has lost may be followed by what was before it")
    mutating func lostEnd() {
        place(1, 100)
        place(2, 101)
        look(1, at: 10)
        look(2, at: 20)
        read(2, at: 22)
        look(2, at: 24)
        verdicts.truth.broke(at: 25)
        look(1, at: 30)
        read(1, at: 32, .remote)
        look(1, at: 40)
        #expect(verdicts.findings.behind == 0)
    }

    @Test("What came back and went again before anybody looked is no step backwards")
    mutating func backBetweenLooks() {
        look(1, at: 10)
        look(2, at: 20)
        read(2, at: 22)
        look(2, at: 24)
        verdicts.truth.broke(at: 25)
        read(1, at: 27, .remote)
        read(1, at: 29)
        look(3, at: 30)
        #expect(verdicts.findings.behind == 0)
        #expect(verdicts.findings.staleWithin == 1)
    }

    @Test("A record goes through a pipe and comes out the same; half of one does not")
    func records() {
        var record = Record(.begin, slot: 3, incarnation: 9, key: Record.everyKey, value: .max)
        record.origin = .remote
        record.isAtomic = false
        record.start = 1 << 60
        record.end = 7
        #expect(Record(words: record.words[...]) == record)
        #expect(Record(words: (record.words.dropFirst() + [0])[...]) == nil)
        #expect(Record(words: record.words.dropLast()) == nil)
    }
}
