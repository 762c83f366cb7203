extension IPAddress {
    /// Who can be meant by an address, after the registries of special addresses of IANA.
    public enum Scope: String, Sendable, CaseIterable {
        /// A machine of the internet.
        case global
        /// This machine.
        case loopback
        /// A machine of a private network: RFC 1918, RFC 4193.
        case privateUse = "private"
        /// A machine behind the same provider: RFC 6598.
        case carrier
        /// A machine on the same wire, and where clouds tell machines their secrets.
        case linkLocal = "link-local"
        /// Many machines.
        case multicast
        /// No machine, which systems take for this one.
        case unspecified
        /// An address of the older kind in one of the newer.
        case mapped
        /// Anything else that is for special use.
        case reserved
    }

    /// Who is meant.
    public var scope: Scope {
        bytes.count == 4 ? Self.scope(of: self, in: Self.special) : longScope
    }

    private static func scope(of address: IPAddress, in networks: [Network]) -> Scope {
        networks.first { address.isIn($0.start, $0.bits) }?.scope ?? .global
    }

    private typealias Network = (start: [UInt8], bits: Int, scope: Scope)

    private static let special: [Network] = [
        ([0, 0, 0, 0], 32, .unspecified), ([0], 8, .reserved), ([10], 8, .privateUse),
        ([100, 64], 10, .carrier), ([127], 8, .loopback), ([169, 254], 16, .linkLocal),
        ([172, 16], 12, .privateUse), ([192, 0, 0], 24, .reserved),
        ([192, 0, 2], 24, .reserved), ([192, 88, 99], 24, .reserved),
        ([192, 168], 16, .privateUse), ([198, 18], 15, .reserved),
        ([198, 51, 100], 24, .reserved), ([203, 0, 113], 24, .reserved),
        ([224], 4, .multicast), ([240], 4, .reserved),
    ]

    private static let zeros = [UInt8](repeating: 0, count: 10)
    private static let translation: [UInt8] =
        [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8)

    private static let specialLong: [Network] = [
        (zeros + zeros, 128, .unspecified), (zeros + [0, 0, 0, 0, 0, 1], 128, .loopback),
        (zeros + [0xFF, 0xFF], 96, .mapped), ([0xFC], 7, .privateUse),
        ([0xFE, 0x80], 10, .linkLocal), ([0xFE, 0xC0], 10, .privateUse),
        ([0xFF], 8, .multicast), ([0x20, 0x01, 0x00], 23, .reserved),
        ([0x20, 0x01, 0x0D, 0xB8], 32, .reserved), ([0x20, 0x02], 16, .reserved),
        ([0x3F, 0xFF, 0x00], 20, .reserved), ([0x5F], 8, .reserved),
    ]

    private var longScope: Scope {
        // Behind a translator an address of the older kind is reached by one of these.
        if isIn(Self.translation, 96) {
            return IPAddress(Array(bytes.suffix(4)))?.scope ?? .reserved
        }
        let found = Self.scope(of: self, in: Self.specialLong)
        // Addresses of machines are given out below 2000::/3 only.
        return found == .global && !isIn([0x20], 3) ? .reserved : found
    }
}
