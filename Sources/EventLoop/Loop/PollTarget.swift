/// What the kernel said about a descriptor.
struct Readiness: OptionSet {
    let rawValue: UInt8
    static let readable = Readiness(rawValue: 1)
    static let writable = Readiness(rawValue: 2)
    /// An error or a hang-up; reading or writing tells which.
    static let failed = Readiness(rawValue: 4)
}

/// A descriptor's owner, called by the loop when the descriptor is ready.
protocol PollTarget: AnyObject {
    /// What the owner wants to hear of now.
    var interest: Readiness { get }
    /// The loop's name for this registration; descriptors are reused, tokens are not.
    var registration: UInt64 { get set }
    func ready(_ readiness: Readiness)
}
