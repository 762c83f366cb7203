import Foundation
import Glibc
import Synchronization

/// A network of this machine's own: one loopback device that nobody else uses.
///
/// Packets in it can be dropped without a word, as a cable that was pulled does: a link that is
/// half open to both its ends.
public final class PrivateNetwork: Sendable {
    /// Why there can be none here; nil when there can.
    public static let obstacle: String? = {
        if geteuid() != 0 { return "private networks need root" }
        if (try? Executable.find("nft")) == nil { return "nft is not installed" }
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        probe.arguments = ["-n", "sh", "-c", "ip link set lo up && nft list ruleset"]
        probe.standardOutput = FileHandle.nullDevice
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return "unshare is not installed" }
        probe.waitUntilExit()
        return probe.terminationStatus == 0 ? nil : "private networks are not permitted here"
    }()

    /// Holds the network open.
    private let holder: ChildProcess

    /// Makes one, its loopback device up.
    public init() async throws {
        let holder = try ChildProcess(
            "unshare",
            ["-n", "sh", "-c", "ip link set lo up && echo up && exec sleep 600"]
        )
        self.holder = holder
        try await eventually("the network is up") { holder.output.contains("up") }
    }

    /// What to put before a command that runs in it.
    public var wrapper: [String] { ["nsenter", "--net=\(path)", "--"] }

    /// Drops every packet to and from a port, without a word to anybody.
    public func drop(port: UInt16) async throws {
        try await nft(
            """
            table inet fault {
                chain input {
                    type filter hook input priority 0
                    tcp dport \(port) drop
                    tcp sport \(port) drop
                }
            }
            """
        )
    }

    /// Lets everything pass again.
    public func dropNothing() async throws { try await nft("flush ruleset") }

    private func nft(_ rules: String) async throws {
        _ = try await Command.output(of: "nsenter", ["--net=\(path)", "--", "nft", rules])
    }

    /// Ends it.
    public func close() async { await holder.kill() }

    /// Runs something short as a thread of this network.
    func inside<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result
    {
        let result = Mutex<Swift.Result<Result, any Error>?>(nil)
        let path = path
        let isDone = DispatchSemaphore(value: 0)
        // A thread of its own, since it stays in that network.
        Thread.detachNewThread {
            let outcome = Swift.Result {
                let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
                defer { Glibc.close(file) }
                guard file >= 0, enterNetwork(file) == 0 else {
                    throw SocketFailure(call: "setns", code: errno)
                }
                return try body()
            }
            result.withLock { $0 = outcome }
            isDone.signal()
        }
        isDone.wait()
        guard let outcome = result.withLock({ $0 }) else {
            throw SocketFailure(call: "setns", code: EINVAL)
        }
        return try outcome.get()
    }

    private var path: String { "/proc/\(holder.processIdentifier)/ns/net" }
}

/// `setns(2)` for a network: the C library has it, its headers hide it from Swift.
private func enterNetwork(_ file: Int32) -> Int32 {
    typealias Call = @convention(c) (Int32, Int32) -> Int32
    let networks: Int32 = 0x4000_0000
    guard let address = unsafe dlsym(nil, "setns") else { return -1 }
    let call = unsafe unsafeBitCast(address, to: Call.self)
    return call(file, networks)
}
