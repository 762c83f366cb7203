/// An actor whose executor is an event loop: its state belongs to the thread that reads its socket.
public protocol LoopConfined: Actor {
    /// The loop that runs it, for as long as it lives.
    nonisolated var loop: EventLoop { get }
}

extension LoopConfined {
    /// The loop itself.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }
}
