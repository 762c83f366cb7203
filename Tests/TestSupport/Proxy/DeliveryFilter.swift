/// Takes the deliveries out of what a broker says, and lets everything else pass, heartbeats too.
///
/// A pure value for one way of one connection; what comes is cut at any byte.
struct DeliveryFilter {
    private static let headBytes = 7
    private static let method: UInt8 = 1
    /// The end mark that every frame has.
    private static let endBytes = 1
    /// Class 60, method 60.
    private static let deliver: [UInt8] = [0, 60, 0, 60]

    private var unread: [UInt8] = []
    /// The channels on which a delivery is under way.
    private var channels: Set<[UInt8]> = []

    /// What of the bytes passes: whole frames, so the rest of one comes with the bytes after.
    mutating func pass(_ bytes: [UInt8]) -> [UInt8] {
        unread += bytes
        var passed: [UInt8] = []
        while let count = frameCount, unread.count >= count {
            let frame = Array(unread.prefix(count))
            unread.removeFirst(count)
            if !isDelivery(frame) { passed += frame }
        }
        return passed
    }

    /// What is kept because its frame is not whole yet.
    mutating func takeRest() -> [UInt8] {
        defer { unread = [] }
        return unread
    }

    /// How many bytes the next frame has, once its head is there.
    private var frameCount: Int? {
        guard unread.count >= Self.headBytes else { return nil }
        let size = unread[3..<7].reduce(0) { $0 << 8 | Int($1) }
        return Self.headBytes + size + Self.endBytes
    }

    private mutating func isDelivery(_ frame: [UInt8]) -> Bool {
        let channel = Array(frame[1..<3])
        guard frame[0] == Self.method else { return channels.contains(channel) }
        let isDelivery = frame.dropFirst(Self.headBytes).starts(with: Self.deliver)
        if isDelivery { channels.insert(channel) } else { channels.remove(channel) }
        return isDelivery
    }
}
