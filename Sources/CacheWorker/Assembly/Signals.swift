import Dispatch
import Glibc

/// The signals of the operating system as a sequence.
enum Signals {
    /// Takes the signals over: they do nothing any more but appear in the sequence.
    static func take(_ numbers: [Int32]) -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        // A closed pipe or connection is an error of the write, not the end of the process.
        for number in numbers + [SIGPIPE] { signal(number, SIG_IGN) }
        let sources = numbers.map { number in
            Source(number) { continuation.yield(number) }
        }
        continuation.onTermination = { _ in
            for source in sources { source.cancel() }
        }
        return stream
    }

    private final class Source: @unchecked Sendable {
        // Guard: libdispatch's own; a source may be cancelled on any thread.
        private let source: any DispatchSourceSignal

        init(_ number: Int32, _ body: @escaping @Sendable () -> Void) {
            source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler(handler: body)
            source.resume()
        }

        func cancel() { source.cancel() }
    }
}
