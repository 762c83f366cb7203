import Telemetry
import Testing

@Suite("The usage of the process")
struct ProcessUsageTests {
    @Test("is what Linux tells of a process that runs")
    func usage() {
        #expect(ProcessUsage.residentBytes() > 1 << 20)
        #expect(ProcessUsage.processorTime() > .zero)
        #expect(ProcessUsage.openDescriptors() >= 3)
        #expect(ProcessUsage.wallClockSeconds() > 1_700_000_000)
    }
}
