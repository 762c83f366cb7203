import Foundation

extension Executable {
    /// The absolute path of a program of this package, built beside the running tests.
    ///
    /// - Throws: `MissingExecutable` when the test target does not depend on it.
    public static func built(_ name: String) throws -> String {
        // The runner is told the path of the tests' bundle, which lies beside all products.
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ""
        let folder = URL(fileURLWithPath: bundle).pathComponents.prefix { !$0.hasSuffix(".xctest") }
        let path = NSString.path(withComponents: folder + [name])
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw MissingExecutable(name: path)
        }
        return path
    }
}
