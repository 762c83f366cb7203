import Synchronization

/// What a node tells, gathered and written in pieces that a pipe takes whole: a process that is
/// killed leaves no half of a record behind.
final class RecordPipe: Sendable {
    private static let maxRecords = 100

    private let pipe: Descriptor
    private let words = Mutex<[UInt64]>([])

    init(_ pipe: Descriptor) { self.pipe = pipe }

    func append(_ record: Record) {
        words.withLock { words in
            words += record.words
            if words.count == Self.maxRecords * Record.wordCount { write(&words) }
        }
    }

    /// Nothing is held back any more when this returns.
    func flush() {
        words.withLock { write(&$0) }
    }

    private func write(_ words: inout [UInt64]) {
        guard !words.isEmpty else { return }
        pipe.write(words)
        words.removeAll(keepingCapacity: true)
    }
}
