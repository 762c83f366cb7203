@testable import CacheWorker

extension HostSystem {
    /// A system that a test has made up.
    static func fixed(
        environment: [String: String] = [:],
        files: [String: String] = [:],
        isTerminal: Bool = false
    ) -> HostSystem {
        HostSystem(
            environment: { environment[$0] },
            readFile: { path, maxBytes throws(FileFault) in
                guard let text = files[path] else { throw .system("No such file or directory") }
                guard text.utf8.count <= maxBytes else { throw .tooLarge(maxBytes: maxBytes) }
                return Array(text.utf8)
            },
            hostName: "pod",
            processIdentifier: 7,
            randomPart: "00c0ffee",
            errorsGoToTerminal: isTerminal
        )
    }
}
