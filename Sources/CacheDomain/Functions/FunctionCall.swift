/// A function with the arguments of one call.
///
/// It is a type of its own since closures cannot be relied on to capture packs.
struct FunctionCall<each Argument: Sendable, Output: Sendable>: Sendable {
    let function: @concurrent @Sendable (repeat each Argument) async throws -> Output
    let arguments: (repeat each Argument)

    init(
        _ function: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output,
        _ arguments: repeat each Argument
    ) {
        self.function = function
        self.arguments = (repeat each arguments)
    }

    func run() async throws -> Output { try await function(repeat each arguments) }
}
