import CLinux
import Synchronization

/// A thread that waits for sockets and timers and runs the actors that belong to it.
///
/// It is a serial executor, so a connection is an actor on its loop: bytes arrive, state changes
/// and continuations resume on one thread with no lock and no hop. Nothing on it may block.
/// A loop lives as long as the process, since any actor may refer to it as its executor.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    // Guard: `inbox` has its lock; `confined` is touched by the loop's thread only.

    /// How many ready descriptors one turn takes from the kernel.
    static let maxEventsPerTurn = 64
    /// How often one turn looks into its inbox.
    static let maxRoundsPerTurn = 8

    /// The name of the thread, too.
    public let name: String
    private let inbox = Mutex(Inbox())
    private let mayBeAsleep = Atomic<Bool>(false)
    private let threadIdentity = Atomic<UInt>(0)
    private let poller: Poller
    private var confined = Confined()

    /// Starts the thread.
    ///
    /// Throws when the kernel refuses another descriptor or thread.
    public init(name: String) throws(TransportError) {
        self.name = name
        self.poller = try Poller()
        try LoopThread.start(name: name) { [self] in
            threadIdentity.store(LoopThread.currentIdentity, ordering: .releasing)
            while true { turn() }
        }
    }

    /// Whether the caller runs on this loop's thread.
    public var isCurrent: Bool {
        threadIdentity.load(ordering: .acquiring) == LoopThread.currentIdentity
    }

    // MARK: Executor

    /// Runs a job of an actor on the loop's thread; called by the language.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        deposit { $0.jobs.append(.task(job)) }
    }

    /// Runs `body` on the loop's thread, after what was enqueued before it.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        deposit { $0.jobs.append(.closure(body)) }
    }

    /// Traps unless the caller runs on this loop's thread.
    public func checkIsolated() {
        precondition(isCurrent, "this code belongs to the thread of event loop \(name)")
    }

    /// Whether the caller runs on this loop's thread, for the language.
    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    private func deposit(_ change: (inout Inbox) -> Void) {
        inbox.withLock { change(&$0) }
        if mayBeAsleep.exchange(false, ordering: .sequentiallyConsistent) { poller.wake() }
    }

    // MARK: Confined to the loop's thread

    /// Calls `body` on the loop after `delay` unless the timer is cancelled before; loop only.
    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping () -> Void) -> LoopTimer {
        checkIsolated()
        return confined.timers.add(deadline: .now + delay, body)
    }

    /// Calls `body` once at the end of the current turn, before the loop waits; loop only.
    func atEndOfTurn(_ body: @escaping () -> Void) {
        checkIsolated()
        confined.endOfTurn.append(body)
    }

    func register(_ target: any PollTarget, for descriptor: Int32) throws(TransportError) {
        checkIsolated()
        confined.lastToken += 1
        let token = confined.lastToken
        try poller.add(descriptor, token: token, interest: target.interest)
        target.registration = token
        confined.targets[token] = target
    }

    func updateInterest(of target: any PollTarget, descriptor: Int32) throws(TransportError) {
        checkIsolated()
        try poller.modify(descriptor, token: target.registration, interest: target.interest)
    }

    func deregister(_ target: any PollTarget, descriptor: Int32) {
        checkIsolated()
        poller.remove(descriptor)
        confined.targets[target.registration] = nil
    }

    /// The buffer all sockets of the loop read into, one after the other.
    var readBuffer: UnsafeMutableBufferPointer<UInt8> {
        checkIsolated()
        return unsafe confined.readBuffer
    }

    // MARK: One turn

    private func turn() {
        // What a job enqueues is run at once, but not for ever: a task that never suspends for
        // long must not keep the sockets from being read.
        for _ in 0..<Self.maxRoundsPerTurn {
            runJobs()
            guard inbox.withLock({ !$0.jobs.isEmpty }) else { break }
        }
        while !confined.endOfTurn.isEmpty {
            let bodies = confined.endOfTurn
            confined.endOfTurn.removeAll(keepingCapacity: true)
            for body in bodies { body() }
        }
        mayBeAsleep.store(true, ordering: .sequentiallyConsistent)
        let hasWork = inbox.withLock { !$0.jobs.isEmpty }
        let timeout: Duration? = hasWork ? .zero : confined.timers.timeUntilNext
        poller.wait(atMost: timeout, into: &confined.ready)
        mayBeAsleep.store(false, ordering: .sequentiallyConsistent)
        for event in confined.ready {
            confined.targets[event.token]?.ready(event.readiness)
        }
        for body in confined.timers.takeDue(at: .now) { body() }
    }

    /// Runs what was in the inbox when the call began.
    private func runJobs() {
        inbox.withLock { swap(&$0.jobs, &confined.running) }
        let serial = unsafe asUnownedSerialExecutor()
        let preferred = unsafe asUnownedTaskExecutor()
        for job in confined.running {
            switch job {
            case .task(let job):
                unsafe job.runSynchronously(isolatedTo: serial, taskExecutor: preferred)
            case .closure(let body): body()
            }
        }
        confined.running.removeAll(keepingCapacity: true)
    }

    private enum Job {
        case task(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Inbox {
        var jobs: [Job] = []
    }

    @safe private struct Confined {
        static let readBufferBytes = 128 << 10
        var running: [Job] = []
        var endOfTurn: [() -> Void] = []
        var timers = TimerQueue()
        var targets: [UInt64: any PollTarget] = [:]
        var lastToken: UInt64 = 0
        var ready: [Poller.Event] = []
        let readBuffer = UnsafeMutableBufferPointer<UInt8>
            .allocate(
                capacity: readBufferBytes
            )
    }
}
