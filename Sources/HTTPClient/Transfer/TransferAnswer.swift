/// What has come of an answer so far, and why no more of it is wanted.
struct TransferAnswer {
    /// What the headers of all answers to one request may take.
    static let maxHeaderBytes = 64 << 10

    /// Why a transfer is broken off.
    enum Refusal {
        /// The host is at an address that may not be asked.
        case address(IPAddress?)
        case tooLarge
        case headersTooLarge
    }

    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []
    /// Whether a connection came about.
    private(set) var isConnected = false
    private(set) var refusal: Refusal?
    /// Whether the empty line has come; libcurl does not miss it.
    private(set) var isHeadWhole = false
    private var hasTried = false
    private var headerBytes = 0

    /// Takes a line of the head; false when it is one too many.
    mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.maxHeaderBytes else {
            refusal = .headersTooLarge
            return false
        }
        let text = unsafe String(decoding: line, as: UTF8.self)
        // Before the last answer there may be interim ones.
        if text.hasPrefix("HTTP/") {
            headers.removeAll()
            isHeadWhole = false
        }
        if text.allSatisfy(\.isNewline) { isHeadWhole = true }
        guard let colon = text.firstIndex(of: ":") else { return true }
        let value = text[text.index(after: colon)...]
            .drop { $0 == " " || $0 == "\t" }
            .prefix { !$0.isNewline }
        headers.append((text[..<colon].lowercased(), String(value)))
        return true
    }

    /// Takes a piece of the body; false when it is more than may come.
    mutating func takeBody(_ bytes: UnsafeRawBufferPointer, atMost limit: Int) -> Bool {
        guard bytes.count <= limit - body.count else {
            refusal = .tooLarge
            return false
        }
        unsafe body += bytes
        return true
    }

    /// Decides on one of the host's addresses; a host that has others is asked there.
    mutating func mayOpen(_ address: IPAddress?, by access: HTTPAccess) -> Bool {
        if let address, access.allows(address) {
            refusal = nil
            hasTried = true
            return true
        }
        if !hasTried { refusal = .address(address) }
        return false
    }

    /// Decides on a connection, which may have been made for another request.
    mutating func mayAsk(at address: IPAddress?, by access: HTTPAccess) -> Bool {
        isConnected = true
        if let address, access.allows(address) { return true }
        refusal = .address(address)
        return false
    }
}
