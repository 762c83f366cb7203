import HTTPServer
import Telemetry

extension Assembly {
    /// Begins to answer over HTTP; nil where this process does not.
    func startHTTP(_ routes: [HTTPRoute]) throws(StartError) -> HTTPServer? {
        guard configuration.roles.contains(.http) else { return nil }
        switch configuration.httpListen {
        case .off:
            guard configuration.roles != [.http] else {
                throw StartError(.configuration, "nothing to do: role http with HTTP_LISTEN=off")
            }
            return nil
        case .at(let address): return try listen(at: address, routes)
        case nil: return try listenAtUsualAddress(routes)
        }
    }

    private func listen(
        at address: ListenAddress,
        _ routes: [HTTPRoute]
    ) throws(StartError) -> HTTPServer {
        let hasToken = configuration.httpToken != nil
        guard address.isLoopback || hasToken || configuration.httpAllowsAnonymous else {
            throw StartError(
                .configuration,
                "HTTP_LISTEN=\(address) lets other machines in: set HTTP_TOKEN or "
                    + "HTTP_TOKEN_FILE, or allow it with HTTP_ALLOW_ANONYMOUS=true"
            )
        }
        do throws(HTTPServerError) {
            let server = try open(address, routes)
            logger.info("answering HTTP", ["port": .integer(Int(server.port))])
            return server
        } catch {
            throw StartError(.unavailable, "HTTP_LISTEN: \(error)")
        }
    }

    /// An address that nobody asked for must not keep a second worker of this machine from its
    /// work.
    private func listenAtUsualAddress(_ routes: [HTTPRoute]) throws(StartError) -> HTTPServer? {
        do throws(HTTPServerError) {
            return try open(HTTPListen.usual, routes)
        } catch {
            guard error.code == .addressInUse, configuration.roles != [.http] else {
                throw StartError(.unavailable, "HTTP: \(error)")
            }
            logger.warning(
                "no HTTP: the usual address is in use, set HTTP_LISTEN to another or to off",
                ["address": .description(of: HTTPListen.usual)]
            )
            return nil
        }
    }

    private func open(
        _ address: ListenAddress,
        _ routes: [HTTPRoute]
    ) throws(HTTPServerError) -> HTTPServer {
        try HTTPServer(at: address, token: configuration.httpToken, routes: routes)
    }
}
