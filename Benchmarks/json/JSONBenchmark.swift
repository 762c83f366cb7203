import Codecs
import Foundation
import Jobs

/// Nanoseconds per event for our reader alone and for a whole decoded event.
///
/// It reads the files named on the command line, as simdjson_events does, and prints lines of the
/// same form, so that both can be run in turn and compared.
@main
struct JSONBenchmark {
    static func main() throws {
        for path in CommandLine.arguments.dropFirst() {
            let text = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            try measure(path, text)
        }
    }

    private static func measure(_ name: String, _ text: [UInt8]) throws {
        var reader = JSONReader()
        try best(name, "read", text) { bytes in
            let document = try reader.read(bytes)
            return document.count(of: document.root)
        }
        var decoder = EventDecoder()
        try best(name, "decode", text) { bytes in
            guard case .invalidate(let data) = try decoder.decode(bytes).job else { return 0 }
            return data.keys.count
        }
    }

    private static func best(
        _ name: String,
        _ mode: String,
        _ text: [UInt8],
        _ work: (ArraySlice<UInt8>) throws -> Int
    ) throws {
        let repeats = 40_000_000 / (text.count + 200)
        let clock = ContinuousClock()
        var best = Double.infinity
        var sum = 0
        for _ in 0..<9 {
            let start = clock.now
            for _ in 0..<repeats { sum += try work(text[...]) }
            let nanoseconds = (clock.now - start) / .nanoseconds(1)
            best = min(best, nanoseconds / Double(repeats))
        }
        let rounded = (best * 10).rounded() / 10
        print("\(name) \(mode) \(rounded) (\(text.count) bytes, \(sum) counted in all)")
    }
}
