import Testing

/// The program as its users see it: built, started as processes, looked at from outside.
///
/// One test at a time: each has servers of its own and several processes.
@Suite("The program from outside", .serialized, .timeLimit(.minutes(4)))
enum EndToEnd {}
