import CLinux
import Glibc

/// A connected non-blocking socket on its loop.
final class SocketTransport: Transport, PollTarget, @unchecked Sendable {
    // Guard: every member belongs to the thread of `loop`, which checks it.

    /// How often one turn reads the same socket before the others get their turn.
    private static let maxReadsPerTurn = 4

    let endpoint: Endpoint
    var registration: UInt64 = 0
    private(set) var lastReceived: ContinuousClock.Instant = .now
    private let loop: EventLoop
    private var descriptor: Int32
    private var handler: (any TransportHandler)?
    private var output = OutputBuffer()
    private var isFlushScheduled = false
    private var isWaitingForRoom = false

    init(connected descriptor: Int32, to endpoint: Endpoint, on loop: EventLoop) {
        self.descriptor = descriptor
        self.endpoint = endpoint
        self.loop = loop
    }

    deinit {
        // Only a transport that was never started gets here with its descriptor: the loop keeps
        // the others until they are closed.
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    var queuedByteCount: Int { output.count }

    var isReadingPaused = false {
        didSet { if oldValue != isReadingPaused { updateInterest() } }
    }

    var interest: Readiness {
        var interest: Readiness = isReadingPaused ? [] : .readable
        if isWaitingForRoom { interest.insert(.writable) }
        return interest
    }

    func start(_ handler: any TransportHandler) {
        loop.checkIsolated()
        self.handler = handler
        do throws(TransportError) {
            try loop.register(self, for: descriptor)
        } catch {
            finish(error)
        }
    }

    func write(_ bytes: borrowing Span<UInt8>) {
        loop.checkIsolated()
        guard descriptor >= 0 else { return }
        output.append(bytes)
        guard !isFlushScheduled, !isWaitingForRoom else { return }
        isFlushScheduled = true
        loop.atEndOfTurn { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    func close() {
        loop.checkIsolated()
        finish(TransportError(.closedLocally, "the connection to \(endpoint) was closed here"))
    }

    func ready(_ readiness: Readiness) {
        if readiness.contains(.writable), isWaitingForRoom { flush() }
        if readiness.contains(.readable) || readiness.contains(.failed) { receive() }
    }

    private func flush() {
        while descriptor >= 0, !output.isEmpty {
            let sent = output.send(to: descriptor)
            if sent >= 0 { continue }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                if !isWaitingForRoom {
                    isWaitingForRoom = true
                    updateInterest()
                }
                return
            default: return finish(.fromErrno("write to \(endpoint)"))
            }
        }
        if isWaitingForRoom {
            isWaitingForRoom = false
            updateInterest()
            handler?.transportDrained()
        }
    }

    private func receive() {
        for _ in 0..<Self.maxReadsPerTurn where descriptor >= 0 {
            let buffer = unsafe loop.readBuffer
            let count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 {
                lastReceived = .now
                let bytes = unsafe UnsafeBufferPointer(rebasing: buffer[..<count])
                handler?.transportReceived(unsafe bytes.span)
                if count < buffer.count { return }
            } else if count == 0 {
                let message = "\(endpoint) closed the connection"
                return finish(TransportError(.closedByPeer, message))
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                return finish(.fromErrno("read from \(endpoint)"))
            }
        }
    }

    private func updateInterest() {
        guard descriptor >= 0, registration != 0 else { return }
        do throws(TransportError) {
            try loop.updateInterest(of: self, descriptor: descriptor)
        } catch {
            finish(error)
        }
    }

    private func finish(_ error: TransportError) {
        guard descriptor >= 0 else { return }
        loop.deregister(self, descriptor: descriptor)
        Glibc.close(descriptor)
        descriptor = -1
        output = OutputBuffer()
        let handler = handler
        self.handler = nil
        handler?.transportClosed(error)
    }
}

/// Bytes on their way out: appended at the end, sent from the front.
private struct OutputBuffer {
    private var bytes: [UInt8] = []
    private var sent = 0

    var count: Int { bytes.count - sent }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ span: borrowing Span<UInt8>) {
        unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// One `send(2)`; its result and `errno` are the caller's to judge.
    mutating func send(to descriptor: Int32) -> Int {
        let count = unsafe bytes.withUnsafeBytes { raw in
            unsafe Glibc.send(
                descriptor,
                raw.baseAddress.map { unsafe $0 + sent },
                raw.count - sent,
                Int32(MSG_NOSIGNAL)
            )
        }
        guard count > 0 else { return count }
        sent += count
        if sent == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacityBytes)
            sent = 0
        }
        return count
    }

    /// A larger buffer is given back to the allocator once it is empty.
    private static let keptCapacityBytes = 256 << 10
}
