/// One promise of a protocol, as a sentence, and its proof against an implementation.
///
/// Checks throw instead of asking a test library, so any test target can run them as arguments.
public struct Check<Subject: Sendable>: Sendable, CustomStringConvertible {
    /// The promise, a true sentence.
    public let description: String
    private let proof: @Sendable (Subject) async throws -> Void

    init(_ promise: String, _ proof: @escaping @Sendable (Subject) async throws -> Void) {
        description = promise
        self.proof = proof
    }

    /// Proves the promise on a subject that no other check uses.
    /// - Throws: `BrokenPromise`, and whatever the implementation throws.
    public func run(on subject: Subject) async throws {
        try await proof(subject)
    }
}
