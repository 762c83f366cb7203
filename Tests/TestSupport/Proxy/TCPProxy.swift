import Foundation
import Glibc
import Synchronization

/// A TCP proxy in front of a server, with the faults of a network at hand.
///
/// Whatever it does follows from its rules and its seed. One thread of its own moves the bytes.
public final class TCPProxy: Sendable {
    /// The longest wait of its thread, for what no socket tells.
    private static let maxWaitMilliseconds: Int32 = 1_000

    /// Where clients connect, on 127.0.0.1.
    public let port: UInt16
    private let listener: LoopbackSocket
    private let bell: LoopbackSocket
    private let state: Mutex<State>

    private struct State {
        var target: UInt16
        var rule = ProxyRule.open
        var isRefusing = false
        var isClosed = false
        var links: [ProxyLink] = []
        var connectionCount = 0
        var generator: SeededGenerator
    }

    /// A proxy for a port of 127.0.0.1, which need not be served yet.
    ///
    /// With a network, clients of that network connect to it, and it connects to the server from
    /// outside of it.
    public init(to target: UInt16, seed: UInt64 = 1, in network: PrivateNetwork? = nil) throws {
        (listener, port) =
            if let network {
                try network.inside { try LoopbackSocket.listen() }
            } else {
                try LoopbackSocket.listen()
            }
        let (bell, ear) = try LoopbackSocket.pair()
        self.bell = bell
        state = Mutex(State(target: target, generator: SeededGenerator(seed: seed)))
        Thread.detachNewThread { [weak self] in
            while let self, self.turn(ear) {}
        }
    }

    deinit { bell.endSending() }

    // MARK: Faults

    /// How connections pass on bytes from now on, those that are open too.
    public func set(_ rule: ProxyRule) {
        change { state in
            state.rule = rule
            for index in state.links.indices { state.links[index].obey(rule) }
        }
    }

    /// How one of the open connections passes on bytes from now on.
    public func set(_ rule: ProxyRule, for connection: Int) {
        change { state in
            for index in state.links.indices where state.links[index].number == connection {
                state.links[index].obey(rule)
            }
        }
    }

    /// The numbers of the open connections, oldest first.
    public var connections: [Int] { state.withLock { $0.links.map(\.number) } }

    /// How many connections there have been.
    public var connectionCount: Int { state.withLock { $0.connectionCount } }

    /// Resets all connections.
    public func cut() {
        change { state in
            for index in state.links.indices { state.links[index].reset() }
        }
    }

    /// New connections lead to another server; those that are open stay where they are.
    public func lead(to target: UInt16) { change { $0.target = target } }

    /// Resets all connections; new ones lead to another server, as after a fail-over.
    public func redirect(to target: UInt16) {
        lead(to: target)
        cut()
    }

    /// Whether new connections are reset at once.
    public func refuse(_ isRefusing: Bool) {
        change { $0.isRefusing = isRefusing }
    }

    /// Ends the proxy with all its connections; twice is fine.
    public func close() {
        change { state in
            state.isClosed = true
            for index in state.links.indices { state.links[index].reset() }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            state.links.removeAll(where: \.isOver)
        }
        try? bell.send([0])
    }

    // MARK: The thread

    /// Waits for something to do and does it; false at the end.
    private func turn(_ ear: LoopbackSocket) -> Bool {
        var (sockets, timeout) = state.withLock { interest($0, ear) }
        _ = unsafe poll(&sockets, nfds_t(sockets.count), timeout)
        if case .end = ear.receiveNow(upTo: 4_096) { return false }
        return state.withLock { state in
            guard !state.isClosed else { return false }
            accept(&state)
            for index in state.links.indices {
                for direction in ProxyRule.Direction.allCases {
                    state.links[index].move(direction, using: &state.generator)
                }
            }
            state.links.removeAll(where: \.isOver)
            return true
        }
    }

    private func interest(_ state: State, _ ear: LoopbackSocket) -> ([pollfd], Int32) {
        let now = ContinuousClock.now
        var timeout = Self.maxWaitMilliseconds
        var sockets = [ear, listener]
            .map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        for link in state.links {
            for direction in ProxyRule.Direction.allCases {
                let (source, sink) = link.ends(direction)
                let (reads, writes, due) = link.interest(direction)
                if reads {
                    sockets.append(pollfd(fd: source.descriptor, events: Int16(POLLIN), revents: 0))
                }
                if writes, let due, due <= now {
                    sockets.append(pollfd(fd: sink.descriptor, events: Int16(POLLOUT), revents: 0))
                } else if let due {
                    let wait = now.duration(to: due) / .milliseconds(1)
                    timeout = min(timeout, Int32(wait.rounded(.up)))
                }
            }
        }
        return (sockets, timeout)
    }

    private func accept(_ state: inout State) {
        while let client = listener.acceptNow() {
            state.connectionCount += 1
            guard !state.isRefusing,
                let server = try? LoopbackSocket.connect(port: state.target)
            else {
                client.resetAtClose()
                continue
            }
            state.links.append(
                ProxyLink(
                    number: state.connectionCount,
                    client: client,
                    server: server,
                    under: state.rule
                )
            )
        }
    }
}
