import EventLoop
import Synchronization

/// A server that exists only as a connector: it says what the test tells it to say.
final class ScriptedPeer: Connector {
    /// What to answer a command with, as it goes over the wire; nil: nothing yet.
    typealias Answer = @Sendable (_ command: [String]) -> String?

    private struct State {
        var transport: ScriptedTransport?
        var connections = 0
        var commands: [[String]] = []
    }

    private let state = Mutex(State())
    private let answer: Answer

    init(answer: @escaping Answer) { self.answer = answer }

    /// How many connections were made.
    var connections: Int { state.withLock { $0.connections } }

    /// All commands so far but those of the handshake.
    var commands: [[String]] { state.withLock { $0.commands } }

    func connect(
        to endpoint: Endpoint,
        within timeout: Duration,
        on loop: EventLoop
    ) async throws(TransportError) -> any Transport {
        let transport = ScriptedTransport(peer: self, on: loop)
        state.withLock {
            $0.transport = transport
            $0.connections += 1
        }
        return transport
    }

    /// Says something on the newest connection.
    func send(_ text: String) { state.withLock { $0.transport }?.deliver(Array(text.utf8)) }

    /// Breaks the newest connection off.
    func breakOff() { state.withLock { $0.transport }?.breakOff() }

    fileprivate func received(_ bytes: [UInt8], on transport: ScriptedTransport) {
        for command in Self.commands(in: String(decoding: bytes, as: UTF8.self)) {
            if command == ["PING"] {
                transport.deliver(Array((answer(command) ?? "+PONG\r\n").utf8))
                continue
            }
            state.withLock { $0.commands.append(command) }
            if let text = answer(command) { transport.deliver(Array(text.utf8)) }
        }
    }

    /// Arguments of tests hold no line ends, so lines are enough.
    private static func commands(in text: String) -> [[String]] {
        var commands: [[String]] = []
        for line in text.split(separator: "\r\n") {
            if line.hasPrefix("*") {
                commands.append([])
            } else if !line.hasPrefix("$"), !commands.isEmpty {
                commands[commands.count - 1].append(String(line))
            }
        }
        return commands
    }
}

/// The client's end of such a connection.
private final class ScriptedTransport: Transport, @unchecked Sendable {
    // Guard: every member belongs to the thread of `loop`.

    private let peer: ScriptedPeer
    private let loop: EventLoop
    private var handler: (any TransportHandler)?
    private var isClosed = false
    var isReadingPaused = false
    let queuedByteCount = 0
    private(set) var lastReceived = ContinuousClock.now

    init(peer: ScriptedPeer, on loop: EventLoop) {
        self.peer = peer
        self.loop = loop
    }

    func start(_ handler: any TransportHandler) { self.handler = handler }

    func write(_ bytes: borrowing Span<UInt8>) {
        guard !isClosed else { return }
        var copy: [UInt8] = []
        for index in bytes.indices { copy.append(bytes[index]) }
        peer.received(copy, on: self)
    }

    func close() { finish(TransportError(.closedLocally, "closed by the test's client")) }

    /// In a turn of its own, as a socket would.
    func deliver(_ bytes: [UInt8]) {
        loop.execute { [self] in
            lastReceived = .now
            handler?.transportReceived(bytes.span)
        }
    }

    func breakOff() {
        loop.execute { [self] in finish(TransportError(.reset, "broken off by the test")) }
    }

    private func finish(_ error: TransportError) {
        isClosed = true
        let handler = handler
        self.handler = nil
        handler?.transportClosed(error)
    }
}
