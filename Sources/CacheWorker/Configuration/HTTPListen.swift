import HTTPServer

/// Where the program answers HTTP.
enum HTTPListen: Sendable, Equatable {
    /// Nowhere.
    case off
    /// At this address.
    case at(ListenAddress)

    /// Where it listens if nobody says anything: this machine only.
    static let usual = ListenAddress(loopbackPort: 9464)
}

extension ValueKind<HTTPListen> {
    /// `off`, or an address in digits with a port.
    static let listen = ValueKind(
        metavariable: "ADDRESS:PORT",
        read: { text throws(ValueFault) in
            if text == "off" { return .off }
            guard let address = ListenAddress(text) else {
                throw .mustBe("off, or an IP address and a port such as 0.0.0.0:9464 or [::]:9464")
            }
            return .at(address)
        },
        text: { listen in
            switch listen {
            case .off: "off"
            case .at(let address): address.description
            }
        }
    )
}
