@testable import CacheDomain

/// What goes over the channel: read once, as it is the same for all who hear it.
struct Sent {
    let bytes: ArraySlice<UInt8>
    /// What it says; nil where it is no message.
    let message: CoherenceMessage?

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        message = try? CoherenceMessage(parsing: bytes)
    }
}
