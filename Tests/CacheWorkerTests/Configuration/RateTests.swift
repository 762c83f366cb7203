import Jobs
import Testing

@testable import CacheWorker

@Suite("Rates")
struct RateTests {
    private func read(_ text: String) throws(ValueFault) -> JobRate? {
        try ValueKind<JobRate?>.rate.read(text)
    }

    @Test("are a number in a time, and read back from their own text")
    func texts() throws {
        let rates: [(text: String, rate: JobRate?)] = [
            ("500/s", JobRate(500, per: .seconds(1))), ("30/m", JobRate(30, per: .seconds(60))),
            ("1/10s", JobRate(1, per: .seconds(10))), ("7/h", JobRate(7, per: .seconds(3_600))),
            ("1/12h", JobRate(1, per: .seconds(43_200))),
            ("2/100ms", JobRate(2, per: .milliseconds(100))),
            ("off", nil),
        ]
        for (text, rate) in rates {
            #expect(try read(text) == rate)
            #expect(ValueKind<JobRate?>.rate.text(rate) == text)
        }
    }

    @Test(
        "are nothing else",
        arguments: [
            "", "5", "/s", "0/s", "-1/s", "1.5/s", "5/", "5/x", "5/0s", "5/2d", "1/s/s", "on",
        ]
    )
    func others(text: String) {
        #expect(throws: ValueFault.self) { try read(text) }
    }

    @Test("are for all kinds or for some, and make lanes")
    func lanes() throws {
        let system = HostSystem.fixed(environment: ["JOB_RATE": "off, warm=500/s, task=1/10s"])
        let configuration = try Configuration.load(SettingArguments(), on: system)
        #expect(configuration.jobRate[.invalidate] == nil)
        #expect(configuration.jobRate[.warm] == JobRate(500, per: .seconds(1)))
        #expect(configuration.jobRate[.task] == JobRate(1, per: .seconds(10)))
        let lanes = Lane.all(
            concurrency: { configuration.jobConcurrency[$0] },
            rate: { configuration.jobRate[$0] }
        )
        #expect(lanes.map(\.name) == ["invalidate", "warm", "cleanup", "task"])
    }
}
