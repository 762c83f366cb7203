import CMicroHTTPD

/// Why a server cannot listen.
public struct HTTPServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of reason it is.
    public enum Code: Sendable, Equatable {
        /// Another process listens there.
        case addressInUse
        /// This machine has no such address.
        case addressUnavailable
        /// The port wants more rights.
        case notPermitted
        /// The system refuses for another reason, by its `errno`.
        case system(Int32)
        /// The library did not start.
        case library
    }

    /// What kind of reason it is.
    public let code: Code
    /// What happened and what to do.
    public let description: String

    init(_ code: Code, _ address: ListenAddress) {
        self.code = code
        description = "cannot listen on \(address): \(Self.reason(code))"
    }

    /// Translates an `errno` of `socket`, `bind` or `listen`.
    init(errno: Int32, _ address: ListenAddress) {
        let code: Code =
            switch errno {
            case EADDRINUSE: .addressInUse
            case EADDRNOTAVAIL: .addressUnavailable
            case EACCES, EPERM: .notPermitted
            default: .system(errno)
            }
        self.init(code, address)
    }

    private static func reason(_ code: Code) -> String {
        switch code {
        case .addressInUse: "the port is in use; end what listens there, or choose another"
        case .addressUnavailable: "this machine has no such address"
        case .notPermitted: "the system does not permit it; choose a port above 1023"
        case .system(let number): "the system refuses with error \(number)"
        case .library: "libmicrohttpd did not start; too many open files or threads?"
        }
    }
}
