import Foundation
import Glibc
import Testing

@testable import Telemetry

@Suite struct LineLogTests {
    private func pipe() -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [0, 0]
        #expect(unsafe Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private func read(_ descriptor: Int32, _ count: Int) -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe Glibc.read(descriptor, &bytes, count)
        return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
    }

    @Test func `what is below the level is not written, and the level can be changed`() {
        let (reader, writer) = pipe()
        let log = LineLog(descriptor: writer, format: .text, level: .warning)
        let logger = Logger(log).with(["node": "a"])
        logger.info("unheard")
        log.level = .info
        logger.info("heard", ["count": 1])
        log.flush()
        close(writer)
        #expect(read(reader, 4096).hasSuffix("Z info heard node=\"a\" count=1\n"))
        close(reader)
    }

    @Test func `a reader that stands still never stops the writer, and is told what it missed`() {
        let (reader, writer) = pipe()
        let log = LineLog(descriptor: writer, format: .text, level: .info)
        let logger = Logger(log)
        let count = 3 * LineLog.maxPending
        for _ in 0..<count { logger.info("line") }
        // The pipe is full and nobody has read: that this line is reached is the first proof.
        #expect(log.droppedCount > 0)
        // To the last line: a writer whose pipe were closed meanwhile would get a signal.
        var text = ""
        while text.components(separatedBy: "info line\n").count - 1 < count - log.droppedCount {
            text += read(reader, 65_536)
        }
        let counts = text.components(separatedBy: " lines=").dropFirst()
            .compactMap { Int($0.prefix { $0 != "\n" }) }
        #expect(counts.reduce(0, +) == log.droppedCount)
        close(reader)
        close(writer)
    }
}
