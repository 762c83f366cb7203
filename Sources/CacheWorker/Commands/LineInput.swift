import Dispatch

/// The lines of a file or pipe, read as they are asked for, without their line feeds.
///
/// Of a line that is too long only its first `maxLineBytes` bytes are kept: enough to see that.
struct LineInput: AsyncSequence, Sendable {
    /// How much is read at a time.
    private static let chunkBytes = 64 << 10

    let descriptor: Int32
    let maxLineBytes: Int

    func makeAsyncIterator() -> Iterator { Iterator(input: self) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let input: LineInput
        private let queue = DispatchQueue(label: "input")
        private var lines: [[UInt8]] = []
        private var partial: [UInt8] = []
        private var isAtEnd = false

        fileprivate init(input: LineInput) { self.input = input }

        mutating func next() async -> [UInt8]? {
            while lines.isEmpty, !isAtEnd {
                let chunk = await read()
                if chunk.isEmpty {
                    isAtEnd = true
                    if !partial.isEmpty { lines.append(partial) }
                } else {
                    take(chunk)
                }
            }
            return lines.popLast()
        }

        /// The newest line comes first, since lines are taken from the end.
        private mutating func take(_ chunk: [UInt8]) {
            var found: [[UInt8]] = []
            var rest = chunk[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                keep(rest[..<end])
                if !partial.isEmpty { found.append(partial) }
                partial = []
                rest = rest[(end + 1)...]
            }
            keep(rest)
            lines = found.reversed()
        }

        private mutating func keep(_ bytes: ArraySlice<UInt8>) {
            partial += bytes.prefix(input.maxLineBytes - partial.count)
        }

        /// A chunk; empty at the end, or when reading fails, which ends the input as well.
        private func read() async -> [UInt8] {
            await withCheckedContinuation { continuation in
                DispatchIO.read(
                    fromFileDescriptor: input.descriptor,
                    maxLength: LineInput.chunkBytes,
                    runningHandlerOn: queue
                ) { data, _ in
                    continuation.resume(returning: Array(data))
                }
            }
        }
    }
}
