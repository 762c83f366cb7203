import EventLoop
import Synchronization
import TestSupport

@testable import AMQPClient

/// A broker with no network: answers like a real one, but for what a test wants otherwise.
final class ScriptedBroker: Connector {
    /// A method of the client.
    struct Call: Sendable, Equatable {
        let classID: UInt16
        let methodID: UInt16
        let channel: UInt16
        let arguments: [UInt8]

        func isMethod(_ classID: UInt16, _ methodID: UInt16) -> Bool {
            self.classID == classID && self.methodID == methodID
        }
    }

    private struct State {
        var transports: [ScriptedTransport] = []
        var calls: [Call] = []
        var pauseCount = 0
    }

    /// How many bytes arrive at once.
    let sliceBytes: Int
    private let heartbeat: UInt16
    /// Frames to send instead of the usual answer; nil for the usual one.
    private let script: @Sendable (Call) -> [[UInt8]]?
    private let state = Mutex(State())

    init(
        sliceBytes: Int = .max,
        heartbeat: UInt16 = 0,
        script: @escaping @Sendable (Call) -> [[UInt8]]? = { _ in nil }
    ) {
        self.sliceBytes = sliceBytes
        self.heartbeat = heartbeat
        self.script = script
    }

    /// What clients have called so far, on all connections.
    var calls: [Call] { state.withLock { $0.calls } }
    /// How often a client stopped reading.
    var pauseCount: Int { state.withLock { $0.pauseCount } }
    var connectionCount: Int { state.withLock { $0.transports.count } }

    func connect(
        to endpoint: Endpoint,
        within timeout: Duration,
        on loop: EventLoop
    ) async throws(TransportError) -> any Transport {
        let transport = ScriptedTransport(broker: self, loop: loop)
        state.withLock { $0.transports.append(transport) }
        return transport
    }

    /// Sends bytes on the latest connection.
    func send(_ frames: [[UInt8]]) {
        state.withLock { $0.transports.last }?.deliver(frames.flatMap { $0 })
    }

    /// Ends the latest connection after what was sent before.
    func hangUp() {
        state.withLock { $0.transports.last }?.hangUp()
    }

    /// Waits until a client has called a method, and returns the call.
    func call(
        _ classID: UInt16,
        _ methodID: UInt16,
        after count: Int = 0
    ) async throws -> Call {
        try await eventualValue("method \(classID).\(methodID)") {
            self.calls.dropFirst(count).first { $0.isMethod(classID, methodID) }
        }
    }

    func notePause() { state.withLock { $0.pauseCount += 1 } }

    func answer(toHeader: Void) -> [[UInt8]] {
        let table = [0, 9, 0, 0, 0, 0] + WireBuilder.long("PLAIN") + WireBuilder.long("en_US")
        return script(Call(classID: 0, methodID: 0, channel: 0, arguments: []))
            ?? [WireBuilder.methodFrame(0, 10, 10, table)]
    }

    func answer(to call: Call) -> [[UInt8]] {
        state.withLock { $0.calls.append(call) }
        if let frames = script(call) { return frames }
        let arguments: [UInt8]
        switch (call.classID, call.methodID) {
        case (10, 11):
            let limits = [0x07, 0xFF, 0, 2, 0, 0] + WireBuilder.bytes(heartbeat)
            return [WireBuilder.methodFrame(0, 10, 30, limits)]
        case (10, 40), (60, 20), (60, 30): arguments = WireBuilder.short("t")
        case (20, 10): arguments = WireBuilder.long("")
        case (50, 10): arguments = WireBuilder.short("q") + [0, 0, 0, 0, 0, 0, 0, 0]
        case (10, 50), (20, 40), (40, 10), (40, 30), (50, 20), (60, 10), (85, 10): arguments = []
        default: return []
        }
        return [
            WireBuilder.methodFrame(call.channel, call.classID, call.methodID + 1, arguments)
        ]
    }
}

/// The client's end of a connection to a scripted broker.
final class ScriptedTransport: Transport, @unchecked Sendable {
    // Guard: everything but `deliver` and `hangUp`, which hop, is called on the loop's thread.

    private(set) var lastReceived: ContinuousClock.Instant = .now
    let queuedByteCount = 0
    var isReadingPaused = false {
        didSet {
            if !isReadingPaused { return pass() }
            broker.notePause()
        }
    }
    private let broker: ScriptedBroker
    private let loop: EventLoop
    private var handler: (any TransportHandler)?
    private var splitter = FrameSplitter()
    private var hasHeader = false
    private var pending: [UInt8] = []

    init(broker: ScriptedBroker, loop: EventLoop) {
        self.broker = broker
        self.loop = loop
        splitter.frameMax = 131_072
    }

    func start(_ handler: any TransportHandler) { self.handler = handler }

    func write(_ bytes: borrowing Span<UInt8>) {
        var rest = bytes.extracting(0..<bytes.count)
        if !hasHeader {
            hasHeader = true
            rest = bytes.extracting(8..<bytes.count)
            deliver(broker.answer(toHeader: ()).flatMap { $0 })
        }
        try? splitter.split(rest) { header, payload in
            guard header.kind == .method else { return }
            let call = ScriptedBroker.Call(
                classID: payload.bigEndian16(at: 0),
                methodID: payload.bigEndian16(at: 2),
                channel: header.channel,
                arguments: (4..<payload.count).map { payload[$0] }
            )
            deliver(broker.answer(to: call).flatMap { $0 })
        }
    }

    /// Never answers from within a write: a network does not either.
    func deliver(_ bytes: [UInt8]) {
        loop.execute { [self] in
            pending += bytes
            pass()
        }
    }

    func hangUp() {
        loop.execute { [self] in finish(.closedByPeer) }
    }

    func close() { finish(.closedLocally) }

    private func pass() {
        while !isReadingPaused, !pending.isEmpty, let handler {
            let slice = pending.prefix(broker.sliceBytes)
            pending.removeFirst(slice.count)
            lastReceived = .now
            handler.transportReceived(slice.span)
        }
    }

    private func finish(_ code: TransportError.Code) {
        let handler = handler
        self.handler = nil
        handler?.transportClosed(TransportError(code, "the scripted connection has ended"))
    }
}
