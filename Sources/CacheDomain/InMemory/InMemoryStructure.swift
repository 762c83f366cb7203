import Codecs

/// What a key of an in-memory server holds, other than a string.
struct InMemoryStructure: Sendable {
    enum Content: Sendable {
        case hash([ExactString: [UInt8]])
        case list([[UInt8]])
        /// Marks of a window with the moment of each, or members of an index with their end.
        case sortedSet([ExactString: ContinuousClock.Instant])
    }

    var content: Content
    var expiry: ContinuousClock.Instant

    var kind: StructureStep.Kind {
        switch content {
        case .hash: .hash
        case .list: .list
        case .sortedSet: .sortedSet
        }
    }
}

extension InMemoryStructure {
    var fields: [ExactString: [UInt8]] {
        if case .hash(let fields) = content { fields } else { [:] }
    }

    var elements: [[UInt8]] { if case .list(let elements) = content { elements } else { [] } }

    var moments: [ExactString: ContinuousClock.Instant] {
        if case .sortedSet(let moments) = content { moments } else { [:] }
    }
}
