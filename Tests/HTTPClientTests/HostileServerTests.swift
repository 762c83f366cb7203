import HTTPClient
import Synchronization
import TestSupport
import Testing

@Suite("The HTTP client and servers that do it harm", .timeLimit(.minutes(1)))
struct HostileServerTests {
    let client: HTTPClient

    init() throws { client = try HTTPClient() }

    /// What comes of asking a server that does this once it was asked.
    private func failure(
        _ access: HTTPAccess = .own(),
        scheme: String = "http",
        _ script: @escaping @Sendable (ScriptedServer.Line) -> Void
    ) async throws -> HTTPClientError? {
        let server = try ScriptedServer { line in
            if scheme == "https" || line.head() != nil { script(line) }
        }
        let request = HTTPClientRequest(
            server.url("/secret?token=1", scheme: scheme),
            access: access
        )
        let error = await clientFailure(of: request, by: client)
        #expect(error?.message.contains("secret") == false)
        return error
    }

    @Test
    func `give up one that is silent`() async throws {
        let error = try await failure(.own(timeout: .milliseconds(100))) { $0.untilGone() }
        #expect(error?.code == .timedOut && error?.isRetriable == true)
        #expect(error?.message.contains("did not answer wholly within 0.1 seconds") == true)
    }

    @Test
    func `give up one that begins, and then is silent`() async throws {
        let error = try await failure(.own(timeout: .milliseconds(100))) { line in
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin")
            line.untilGone()
        }
        #expect(error?.code == .timedOut && error?.isRetriable == true)
    }

    @Test
    func `give up one that sends byte after byte, slowly`() async throws {
        let error = try await failure(.own(timeout: .milliseconds(300))) { line in
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            let clock = ContinuousClock()
            var next = clock.now
            while line.send("x") {
                next += .milliseconds(20)
                while clock.now < next {}
            }
        }
        #expect(error?.code == .timedOut)
    }

    @Test
    func `give up one that takes a connection and never begins TLS`() async throws {
        let error = try await failure(.own(timeout: .milliseconds(100)), scheme: "https") {
            $0.untilGone()
        }
        #expect(error?.code == .timedOut && error?.isRetriable == true)
        #expect(error?.message.contains("there was no connection") == true)
    }

    @Test
    func `cut off one that sends without end, at the limit`() async throws {
        let sent = Atomic<Int>(0)
        let block = String(repeating: "x", count: 64 << 10)
        let error = try await failure(.own(maxBodyBytes: 1 << 20)) { line in
            line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while line.send("10000\r\n\(block)\r\n") { sent.add(1, ordering: .relaxed) }
        }
        #expect(error?.code == .tooLarge && error?.isRetriable == false)
        #expect(error?.message.contains("1048576 bytes") == true)
        // What is under way in the buffers of the system is not much.
        #expect(sent.load(ordering: .relaxed) < 512)
    }

    @Test
    func `refuse a body that is announced to be too large, before it comes`() async throws {
        let error = try await failure(.own(maxBodyBytes: 10)) { line in
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n")
            line.untilGone()
        }
        #expect(error?.code == .tooLarge && error?.isRetriable == false)
    }

    @Test
    func `take a body that is just as large as it may be`() async throws {
        let server = try ScriptedServer { line in
            while line.head() != nil { line.answer(200, "0123456789") }
        }
        let request = HTTPClientRequest(server.url(), access: .own(maxBodyBytes: 10))
        #expect(try await client.fetch(request).body.count == 10)
    }

    @Test
    func `cut off one that sends headers without end`() async throws {
        let error = try await failure { line in
            line.send("HTTP/1.1 200 OK\r\n")
            while line.send("X-Header: \(String(repeating: "x", count: 1_000))\r\n") {}
        }
        #expect(error?.code == .tooLarge)
    }

    @Test
    func `cut off one that sends interim answers without end`() async throws {
        let error = try await failure { line in
            while line.send("HTTP/1.1 102 Processing\r\n\r\n") {}
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nX", "",
        ]
    )
    func `tell that an answer ended before it was whole`(text: String) async throws {
        let error = try await failure { _ = $0.send(text) }
        #expect(error?.code == .connectionLost && error?.isRetriable == true)
    }

    @Test
    func `tell that a connection was reset`() async throws {
        let error = try await failure { $0.resetAtEnd() }
        #expect(error?.code == .connectionLost && error?.isRetriable == true)
    }

    @Test(
        arguments: [
            "hello, this is no HTTP\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "-ERR unknown command\r\n",
            "HTTP/1.1 banana\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        ]
    )
    func `tell that what came is no HTTP`(text: String) async throws {
        let error = try await failure { line in
            line.send(text)
            line.untilGone()
        }
        #expect(error?.code == .notHTTP && error?.isRetriable == true)
    }

    @Test
    func `tell that nobody listens`() async throws {
        let request = HTTPClientRequest("http://127.0.0.1:\(try FreePort.next())/", access: .own())
        let error = await clientFailure(of: request, by: client)
        #expect(error?.code == .unreachable && error?.isRetriable == true)
    }

    @Test
    func `tell that a name has no address`() async throws {
        let error = await clientFailure(
            of: HTTPClientRequest("http://nowhere.invalid/"),
            by: client
        )
        #expect(error?.code == .unresolvable && error?.isRetriable == true)
    }

    @Test
    func `leave a connection alone on which the server has become silent`() async throws {
        let server = try ScriptedServer { line in
            guard line.head() != nil else { return }
            line.answer(200, "")
            // Half open: from now on it takes what comes and says nothing.
            if line.number == 1 { line.untilGone() }
            while line.head() != nil { line.answer(200, "") }
        }
        let request = HTTPClientRequest(server.url(), access: .own(timeout: .milliseconds(500)))
        #expect(try await client.fetch(request).status == 200)
        #expect(await clientFailure(of: request, by: client)?.code == .timedOut)
        #expect(try await client.fetch(request).status == 200)
        #expect(server.connectionCount == 2)
    }

    @Test
    func `end the transfer of a caller that is cancelled`() async throws {
        let asked = Latch()
        let gone = Latch()
        let server = try ScriptedServer { line in
            guard line.head() != nil else { return }
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin")
            asked.open()
            line.untilGone()
            gone.open()
        }
        let task = Task { [client] in
            await clientFailure(
                of: HTTPClientRequest(server.url(), access: .own(timeout: .seconds(50))),
                by: client
            )
        }
        await asked.wait()
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        await gone.wait()
        let isCancelled = Latch()
        let early = Task { [client] in
            await isCancelled.wait()
            return await clientFailure(of: HTTPClientRequest(server.url()), by: client)
        }
        early.cancel()
        isCancelled.open()
        #expect(await early.value?.code == .cancelled)
    }

    @Test
    func `do not hold up requests to other servers`() async throws {
        let silent = try ScriptedServer { $0.untilGone() }
        let quick = try ScriptedServer { line in
            while line.head() != nil { line.answer(200, "") }
        }
        await withTaskGroup(of: HTTPClientError?.self) { group in
            for _ in 0..<8 {
                group.addTask { [client] in
                    await clientFailure(
                        of: HTTPClientRequest(silent.url(), access: .own(timeout: .seconds(50))),
                        by: client
                    )
                }
            }
            for _ in 0..<20 {
                let response = try? await client.fetch(
                    HTTPClientRequest(quick.url(), access: .own())
                )
                #expect(response?.status == 200)
            }
            group.cancelAll()
            for await error in group { #expect(error?.code == .cancelled) }
        }
    }
}
