import Dispatch

/// The lines of a file or pipe, read as they are asked for, without their line feeds.
///
/// Of a line that is too long only its first `maxLineBytes` bytes are kept: enough to see that.
/// Empty lines are counted and passed over. Ends at the end of the file, when reading fails, and
/// when the task is cancelled.
struct LineInput: AsyncSequence, Sendable {
    struct Line: Sendable {
        /// Counted from 1.
        let number: Int
        let bytes: [UInt8]
    }

    let descriptor: Int32
    let maxLineBytes: Int

    func makeAsyncIterator() -> Iterator {
        Iterator(channel: InputChannel(descriptor), maxLineBytes: maxLineBytes)
    }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let channel: InputChannel
        fileprivate let maxLineBytes: Int
        /// The newest first, since lines are taken from the end.
        private var lines: [Line] = []
        private var partial: [UInt8] = []
        private var number = 1
        private var isAtEnd = false
        private var pieces: AsyncStream<[UInt8]>.Iterator?

        fileprivate init(channel: InputChannel, maxLineBytes: Int) {
            self.channel = channel
            self.maxLineBytes = maxLineBytes
        }

        mutating func next() async -> Line? {
            while lines.isEmpty, !isAtEnd {
                if let piece = await nextPiece() {
                    take(piece)
                } else {
                    isAtEnd = true
                    if !Task.isCancelled { endLine() }
                }
            }
            return lines.popLast()
        }

        /// The next bytes of the request under way, or the first ones of a new one.
        private mutating func nextPiece() async -> [UInt8]? {
            if let piece = await pieces?.next(isolation: #isolation) { return piece }
            guard !Task.isCancelled else { return nil }
            pieces = channel.request().makeAsyncIterator()
            return await pieces?.next(isolation: #isolation)
        }

        private mutating func take(_ chunk: [UInt8]) {
            var rest = chunk[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                keep(rest[..<end])
                endLine()
                rest = rest[(end + 1)...]
            }
            keep(rest)
            lines.reverse()
        }

        private mutating func endLine() {
            if !partial.isEmpty { lines.append(Line(number: number, bytes: partial)) }
            number += 1
            partial = []
        }

        private mutating func keep(_ bytes: ArraySlice<UInt8>) {
            partial += bytes.prefix(maxLineBytes - partial.count)
        }
    }
}

/// Reads a descriptor off the concurrency pool, a bounded request at a time.
private final class InputChannel: @unchecked Sendable {
    // Guard: libdispatch's own; a channel may be used and closed on any thread.
    private static let requestBytes = 64 << 10

    private let queue = DispatchQueue(label: "input")
    private let channel: DispatchIO

    init(_ descriptor: Int32) {
        channel = DispatchIO(type: .stream, fileDescriptor: descriptor, queue: queue) { _ in }
        channel.setLimit(lowWater: 1)
    }

    deinit { channel.close(flags: .stop) }

    /// Asks for some bytes, which come in pieces as soon as there are any; no piece at all means
    /// the end, or a failure.
    func request() -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            channel.read(offset: 0, length: Self.requestBytes, queue: queue) { isDone, data, _ in
                if let data, !data.isEmpty { continuation.yield(Array(data)) }
                if isDone { continuation.finish() }
            }
        }
    }
}
