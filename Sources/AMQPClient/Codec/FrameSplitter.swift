/// What a frame carries.
enum FrameKind: UInt8 {
    case method = 1
    case header = 2
    case body = 3
    case heartbeat = 8
}

/// The first seven bytes of a frame, checked.
struct FrameHeader: Equatable {
    static let byteCount = 7

    let kind: FrameKind
    let channel: UInt16
    let payloadCount: Int

    /// Refuses what no honest broker sends before a byte of the payload is stored.
    init(_ bytes: Span<UInt8>, frameMax: Int) throws(AMQPError) {
        guard let kind = FrameKind(rawValue: bytes[0]) else {
            throw AMQPError(.protocolViolation, Self.complaint(aboutKind: bytes[0]))
        }
        self.kind = kind
        channel = UInt16(bytes[1]) << 8 | UInt16(bytes[2])
        payloadCount = Int(bytes.bigEndian32(at: 3))
        guard payloadCount <= frameMax - FrameSplitter.overhead else {
            throw AMQPError(
                .protocolViolation,
                "the broker announced a frame of \(payloadCount) bytes, the limit is \(frameMax)"
            )
        }
        guard payloadCount >= kind.leastPayload else {
            throw AMQPError(
                .protocolViolation,
                "the broker announced a \(kind) frame of only \(payloadCount) bytes"
            )
        }
    }

    private static func complaint(aboutKind kind: UInt8) -> String {
        kind == UInt8(ascii: "A")
            ? "the broker speaks another version of AMQP than 0-9-1"
            : "the peer sent a frame of type \(kind): is this an AMQP port?"
    }
}

extension FrameKind {
    /// What is missing from a smaller frame would be read from memory that is not its own.
    fileprivate var leastPayload: Int {
        switch self {
        case .method: 4
        case .header: ContentHeader.fixedByteCount
        case .body, .heartbeat: 0
        }
    }
}

/// Cuts the byte stream into frames, whatever pieces it arrives in.
///
/// A frame that lies whole in one piece is handed on in place; at most one frame, no larger than
/// `frameMax`, is ever kept.
struct FrameSplitter {
    /// Header and end mark of a frame.
    static let overhead = FrameHeader.byteCount + 1
    /// Before the connection is tuned the broker has only its introduction to send.
    static let frameMaxBeforeTuning = 64 << 10
    static let endMark: UInt8 = 0xCE

    var frameMax = Self.frameMaxBeforeTuning
    private var kept: [UInt8] = []

    /// Calls `body` with every frame that is complete now; after a throw the stream is unusable.
    mutating func split(
        _ input: Span<UInt8>,
        _ body: (FrameHeader, Span<UInt8>) throws(AMQPError) -> Void
    ) throws(AMQPError) {
        var offset = 0
        if !kept.isEmpty { offset = try completeKeptFrame(from: input, body) }
        while input.count - offset >= FrameHeader.byteCount {
            let rest = input.extracting(offset...)
            let header = try FrameHeader(rest, frameMax: frameMax)
            let count = header.payloadCount + Self.overhead
            guard rest.count >= count else { break }
            try Self.handOver(rest.extracting(..<count), header, body)
            offset += count
        }
        keep(input.extracting(offset...))
    }

    /// Returns how much of the input belonged to the kept frame.
    private mutating func completeKeptFrame(
        from input: Span<UInt8>,
        _ body: (FrameHeader, Span<UInt8>) throws(AMQPError) -> Void
    ) throws(AMQPError) -> Int {
        var offset = 0
        func missing(_ count: Int, _ kept: Int) -> Int { min(count - kept, input.count - offset) }
        if kept.count < FrameHeader.byteCount {
            let part = missing(FrameHeader.byteCount, kept.count)
            keep(input.extracting(offset..<offset + part))
            offset += part
            guard kept.count == FrameHeader.byteCount else { return offset }
        }
        let header = try FrameHeader(kept.span, frameMax: frameMax)
        let count = header.payloadCount + Self.overhead
        let part = missing(count, kept.count)
        keep(input.extracting(offset..<offset + part))
        offset += part
        guard kept.count == count else { return offset }
        try Self.handOver(kept.span, header, body)
        kept.removeAll(keepingCapacity: true)
        return offset
    }

    private mutating func keep(_ bytes: Span<UInt8>) {
        guard bytes.count > 0 else { return }
        unsafe bytes.withUnsafeBufferPointer { unsafe kept.append(contentsOf: $0) }
    }

    private static func handOver(
        _ frame: Span<UInt8>,
        _ header: FrameHeader,
        _ body: (FrameHeader, Span<UInt8>) throws(AMQPError) -> Void
    ) throws(AMQPError) {
        guard frame[frame.count - 1] == endMark else {
            throw AMQPError(.protocolViolation, "a frame of the broker lacks its end mark")
        }
        try body(header, frame.extracting(FrameHeader.byteCount..<frame.count - 1))
    }
}
