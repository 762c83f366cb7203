import Jobs
import Testing

@testable import CacheWorker

@Suite("A value for every kind of job")
struct PerKindTests {
    private let kind = ValueKind<PerKind<Duration>>
        .perKind(.duration(.milliseconds(10) ... .seconds(3_600)), standard: .seconds(5))
    private let limit = ValueKind<PerKind<Int?>>.perKind(.optional(.count(1...9)), standard: nil)

    @Test(
        "is one for most and others for some, in any order",
        arguments: [
            ("300s", [300, 300, 300, 300]), ("300s, warm=30s, task=10m", [300, 30, 300, 600]),
            ("task=10m,300s", [300, 300, 300, 600]), ("warm = 30s", [5, 30, 5, 5]),
            ("invalidate=1s,warm=2s,cleanup=3s,task=4s", [1, 2, 3, 4]),
        ]
    )
    func reading(text: String, seconds: [Int]) throws {
        let value = try kind.read(text)
        #expect(Job.Kind.allCases.map { value[$0] } == seconds.map { .seconds($0) })
    }

    @Test(
        "says which part is wrong",
        arguments: [
            ("", "cannot be used: the value for all kinds is missing"),
            ("1s,", "cannot be used: the value for all kinds is missing"),
            ("1s, 2s", "cannot be used: \"2s\" is a second value for all kinds"),
            ("warm=", "cannot be used: the value of warm is missing"),
            ("warm=1s,warm=2s", "cannot be used: warm stands there twice"),
            (
                "wram=1s",
                "cannot be used: there is no kind \"wram\"; "
                    + "there are: invalidate, warm, cleanup, task"
            ),
            (
                "1s, warm=1x",
                "cannot be used: the value of warm must be a duration such as 500ms, 25s or 2m, "
                    + "from 10ms to 1h, not \"1x\""
            ),
        ]
    )
    func faults(text: String, complaint: String) {
        let fault = #expect(throws: ValueFault.self) { try kind.read(text) }
        #expect(fault?.predicate(of: text) == complaint)
    }

    @Test("reads back from its own text, also where most have none")
    func roundTrip() throws {
        for text in ["5m", "5m, warm=30s, task=10m"] {
            #expect(kind.text(try kind.read(text)) == text)
        }
        #expect(limit.text(PerKind(nil)) == "")
        let value = try limit.read("task=4")
        #expect([value[.task], value[.warm]] == [4, nil])
        #expect(limit.text(value) == "task=4")
    }

    @Test("becomes the policy of each kind")
    func policies() throws {
        var configuration = Configuration.defaults(on: .fixed())
        #expect(
            Job.Kind.allCases.map { configuration.jobPolicies[$0] == JobPolicy() }
                == [true, true, true, true]
        )
        configuration.jobMaxAttempts = PerKind(3, except: [.warm: 4])
        configuration.jobTimeout = PerKind(.seconds(7), except: [.task: .seconds(8)])
        configuration.jobDeduplication.exceptions[.task] = .seconds(9)
        let policies = configuration.jobPolicies
        #expect(policies[.warm].retries.maxAttempts == 4)
        #expect(policies[.task].retries.maxAttempts == 3)
        #expect(policies[.task].timeout == .seconds(8))
        #expect(policies[.task].deduplicationWindow == .seconds(9))
        #expect(policies[.warm].deduplicationWindow == .zero)
        #expect(policies[.cleanup].timeout == .seconds(7))
    }
}
