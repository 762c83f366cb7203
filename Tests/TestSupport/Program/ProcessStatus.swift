import Foundation

/// What the kernel tells about a process.
public struct ProcessStatus: Sendable {
    /// The most memory it ever had, in bytes.
    public let peakMemory: Int

    /// Reads it; throws when there is no such process.
    public init(processIdentifier: Int32) throws {
        let text = try String(
            contentsOfFile: "/proc/\(processIdentifier)/status",
            encoding: .utf8
        )
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line.flatMap { Int($0.filter(\.isNumber)) }
        guard let kilobytes else { throw CocoaError(.fileReadUnknown) }
        peakMemory = kilobytes << 10
    }
}
