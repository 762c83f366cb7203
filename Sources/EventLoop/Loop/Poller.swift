import CLinux
import Glibc

/// The epoll instance of one loop, with the event descriptor that wakes it.
final class Poller: @unchecked Sendable {
    // Guard: `tokens` and `events` are touched by `wait` only, which only the loop's thread calls.

    struct Event {
        let token: UInt64
        let readiness: Readiness
    }

    /// The token of the wake-up descriptor; no registration has it.
    private static let wakeToken: UInt64 = 0

    private let epoll: Int32
    private let wakeUp: Int32
    private var tokens = [UInt64](repeating: 0, count: EventLoop.maxEventsPerTurn)
    private var events = [UInt32](repeating: 0, count: EventLoop.maxEventsPerTurn)

    init() throws(TransportError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .fromErrno("epoll_create1") }
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeUp >= 0 else { throw .fromErrno("eventfd") }
        try add(wakeUp, token: Self.wakeToken, interest: .readable)
    }

    func add(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
        try control(EPOLL_CTL_ADD, descriptor, token, interest)
    }

    func modify(_ descriptor: Int32, token: UInt64, interest: Readiness) throws(TransportError) {
        try control(EPOLL_CTL_MOD, descriptor, token, interest)
    }

    func remove(_ descriptor: Int32) {
        // Closing the descriptor removes it too, so a refusal here leaves nothing behind.
        _ = cw_epoll_control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0)
    }

    /// Makes `wait` return; any thread.
    func wake() {
        var one: UInt64 = 1
        // A full counter refuses the write, and then the wake-up is pending anyway.
        _ = unsafe write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits until a descriptor is ready or `timeout` has passed (nil: for ever).
    func wait(atMost timeout: Duration?, into ready: inout [Event]) {
        ready.removeAll(keepingCapacity: true)
        let milliseconds = Self.milliseconds(timeout)
        // Only an interruption by a signal gives a negative count here.
        let count = unsafe cw_epoll_wait(
            epoll,
            &tokens,
            &events,
            Int32(EventLoop.maxEventsPerTurn),
            milliseconds
        )
        for index in 0..<max(0, Int(count)) {
            let token = tokens[index]
            if token == Self.wakeToken {
                drainWakeUp()
            } else {
                ready.append(Event(token: token, readiness: Readiness(events[index])))
            }
        }
    }

    private func drainWakeUp() {
        var count: UInt64 = 0
        _ = unsafe read(wakeUp, &count, MemoryLayout<UInt64>.size)
    }

    private func control(
        _ operation: Int32,
        _ descriptor: Int32,
        _ token: UInt64,
        _ interest: Readiness
    ) throws(TransportError) {
        let result = cw_epoll_control(epoll, operation, descriptor, interest.epollEvents, token)
        guard result == 0 else { throw .fromErrno("epoll_ctl") }
    }

    /// Rounded up, so that a timer is never looked at before its time in a busy loop.
    private static func milliseconds(_ timeout: Duration?) -> Int32 {
        guard let timeout else { return -1 }
        guard timeout > .zero else { return 0 }
        let (seconds, attoseconds) = timeout.components
        let milliseconds =
            seconds.multipliedReportingOverflow(by: 1000).partialValue
            + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(min(milliseconds, Int64(Int32.max)))
    }
}

extension Readiness {
    fileprivate init(_ events: UInt32) {
        self = []
        if events & cw_epoll_in != 0 { insert(.readable) }
        if events & cw_epoll_out != 0 { insert(.writable) }
        if events & cw_epoll_failed != 0 { insert(.failed) }
    }

    fileprivate var epollEvents: UInt32 {
        (contains(.readable) ? cw_epoll_in : 0) | (contains(.writable) ? cw_epoll_out : 0)
    }
}
