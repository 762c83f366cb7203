/// An actor whose executor is an event loop: its state belongs to the thread that reads its socket.
public protocol LoopConfined: Actor {
    nonisolated var loop: EventLoop { get }
}

extension LoopConfined {
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }
}
