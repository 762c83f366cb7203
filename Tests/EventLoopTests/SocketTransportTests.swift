import Glibc
import Synchronization
import Testing

@testable import EventLoop

/// A listening socket of the test, spoken to with blocking calls: the kernel completes the
/// handshake before `accept` is called.
private final class Listener: Sendable {
    let descriptor: Int32
    let port: UInt16

    init() {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var bound = sockaddr_in()
        let listening = descriptor
        unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe bind(listening, $0, size)
            }
        }
        listen(descriptor, 8)
        unsafe withUnsafeMutablePointer(to: &bound) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe getsockname(listening, $0, &size)
            }
        }
        port = UInt16(bigEndian: bound.sin_port)
    }

    deinit { close(descriptor) }

    var endpoint: Endpoint { .tcp(host: "127.0.0.1", port: port) }
    func accepted() -> Int32 { accept(descriptor, nil, nil) }
}

/// Collects what a transport reports and lets a test wait for it.
private final class Recorder: TransportHandler {
    private let bytes = Mutex<[UInt8]>([])
    let chunks: AsyncStream<Int>
    private let chunkSink: AsyncStream<Int>.Continuation
    let closing: AsyncStream<TransportError>
    private let closingSink: AsyncStream<TransportError>.Continuation

    init() {
        (chunks, chunkSink) = AsyncStream.makeStream()
        (closing, closingSink) = AsyncStream.makeStream()
    }

    var received: [UInt8] { bytes.withLock { $0 } }

    func transportReceived(_ span: borrowing Span<UInt8>) {
        let total = bytes.withLock { bytes in
            for index in span.indices { bytes.append(span[index]) }
            return bytes.count
        }
        chunkSink.yield(total)
    }

    func transportDrained() {}
    func transportClosed(_ error: TransportError) { closingSink.yield(error) }

    func waitForBytes(_ count: Int) async {
        for await total in chunks where total >= count { return }
    }

    func waitForClose() async -> TransportError? {
        for await error in closing { return error }
        return nil
    }
}

@Suite struct SocketTransportTests {
    private let loop: EventLoop
    private let listener = Listener()

    init() throws {
        loop = try EventLoop(name: "test")
    }

    private func onLoop<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: body()) }
        }
    }

    @Test func `bytes written in one turn arrive in order, and the answer comes back`() async throws
    {
        let transport = try await SocketConnector()
            .connect(
                to: listener.endpoint,
                within: .seconds(5),
                on: loop
            )
        let recorder = Recorder()
        await onLoop {
            transport.start(recorder)
            transport.write("hello ".utf8Span.span)
            transport.write("world".utf8Span.span)
        }
        let peer = listener.accepted()
        defer { close(peer) }
        var buffer = [UInt8](repeating: 0, count: 11)
        let count = unsafe recv(peer, &buffer, 11, Int32(MSG_WAITALL))
        #expect(count == 11)
        #expect(String(decoding: buffer, as: UTF8.self) == "hello world")
        _ = unsafe send(peer, "pong", 4, 0)
        await recorder.waitForBytes(4)
        #expect(recorder.received == Array("pong".utf8))
    }

    @Test func `a peer that closes is reported once, as closed by the peer`() async throws {
        let transport = try await SocketConnector()
            .connect(
                to: listener.endpoint,
                within: .seconds(5),
                on: loop
            )
        let recorder = Recorder()
        await onLoop { transport.start(recorder) }
        close(listener.accepted())
        #expect(await recorder.waitForClose()?.code == .closedByPeer)
        await onLoop {
            transport.close()
            transport.close()
            transport.write("lost".utf8Span.span)
        }
    }

    @Test func `closing here is reported as closed locally`() async throws {
        let transport = try await SocketConnector()
            .connect(
                to: listener.endpoint,
                within: .seconds(5),
                on: loop
            )
        let recorder = Recorder()
        await onLoop {
            transport.start(recorder)
            transport.close()
        }
        #expect(await recorder.waitForClose()?.code == .closedLocally)
    }

    @Test func `megabytes wait for a slow reader, and everything arrives`() async throws {
        let transport = try await SocketConnector()
            .connect(
                to: listener.endpoint,
                within: .seconds(5),
                on: loop
            )
        await onLoop {
            transport.start(Recorder())
            for value in 0..<64 {
                let block = [UInt8](repeating: UInt8(value), count: 256 << 10)
                transport.write(block.span)
            }
        }
        let peer = listener.accepted()
        defer { close(peer) }
        var block = [UInt8](repeating: 0, count: 256 << 10)
        for value in 0..<64 {
            let count = unsafe recv(peer, &block, block.count, Int32(MSG_WAITALL))
            #expect(count == block.count)
            #expect(block.allSatisfy { $0 == UInt8(value) })
        }
        #expect(await onLoop { transport.queuedByteCount } == 0)
    }

    @Test func `a port nobody listens on refuses`() async throws {
        let closed = Listener().port
        await #expect {
            _ = try await SocketConnector()
                .connect(
                    to: .tcp(host: "127.0.0.1", port: closed),
                    within: .seconds(5),
                    on: loop
                )
        } throws: { ($0 as? TransportError)?.code == .refused }
    }

    @Test func `a host name is resolved off the loop, and every address of it is tried`()
        async throws
    {
        // localhost has ::1 first on many machines; the listener is on 127.0.0.1 only.
        let transport = try await SocketConnector()
            .connect(
                to: .tcp(host: "localhost", port: listener.port),
                within: .seconds(5),
                on: loop
            )
        await onLoop { transport.close() }
    }

    @Test func `a missing Unix socket is refused and a path too long is an error`() async throws {
        for (path, code) in [
            ("/nonexistent/socket", TransportError.Code.refused),
            (String(repeating: "x", count: 200), .system(ENAMETOOLONG)),
        ] {
            await #expect {
                _ = try await SocketConnector()
                    .connect(
                        to: .unix(path: path),
                        within: .seconds(5),
                        on: loop
                    )
            } throws: { ($0 as? TransportError)?.code == code }
        }
    }

    @Test func `an actor of the loop runs on the thread of the loop`() async throws {
        actor Resident: LoopConfined {
            nonisolated let loop: EventLoop
            init(loop: EventLoop) { self.loop = loop }
            func isAtHome() -> Bool { loop.isCurrent }
        }
        #expect(await Resident(loop: loop).isAtHome())
        #expect(!loop.isCurrent)
    }

    @Test func `tasks that prefer the loop run on its thread, their children too`() async {
        let loop = loop
        let places = await withTaskExecutorPreference(loop) {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { loop.isCurrent }
                group.addTask {
                    await Task.yield()
                    return loop.isCurrent
                }
                return await group.reduce(into: [loop.isCurrent]) { $0.append($1) }
            }
        }
        #expect(places == [true, true, true])
    }
}
