import Foundation
import Glibc
import Synchronization

/// The end of one child: noted once, awaited by any number.
final class ChildExit: Sendable {
    private enum Life {
        case running(waiters: [CheckedContinuation<ChildProcess.Exit, Never>])
        case ended(ChildProcess.Exit)
    }

    private let life = Mutex(Life.running(waiters: []))

    /// How the child ended; nil while it runs.
    var known: ChildProcess.Exit? {
        life.withLock { life in
            if case .ended(let exit) = life { exit } else { nil }
        }
    }

    /// Waits for the child on a thread of its own, and notes its end.
    func watch(_ child: pid_t) {
        Thread.detachNewThread { [self] in
            var information = unsafe siginfo_t()
            // Only seen here: until it is reaped below, the process id is the child's.
            while unsafe waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) != 0,
                errno == EINTR
            {}
            // A stale entry would make the watchdog kill a later process of the same id.
            try? Watchdog.shared().releaseChild(child)
            reap(child)
        }
    }

    /// Calls `body` while the process id is still the child's, unless the child has ended.
    func ifRunning(_ body: () -> Void) {
        life.withLock { if case .running = $0 { body() } }
    }

    private func reap(_ child: pid_t) {
        let (waiters, exit) = life.withLock { life in
            var waiters: [CheckedContinuation<ChildProcess.Exit, Never>] = []
            if case .running(let all) = life { waiters = all }
            var status: Int32 = 0
            unsafe waitpid(child, &status, 0)
            // The layout of a wait status: a signal in the low seven bits, else a status above.
            let signal = status & 0x7f
            let exit = signal == 0 ? ChildProcess.Exit.status(status >> 8 & 0xff) : .signal(signal)
            life = .ended(exit)
            return (waiters, exit)
        }
        for waiter in waiters { waiter.resume(returning: exit) }
    }

    func wait() async -> ChildProcess.Exit {
        await withCheckedContinuation { waiter in
            let known = life.withLock { life -> ChildProcess.Exit? in
                switch life {
                case .ended(let exit): return exit
                case .running(let waiters):
                    life = .running(waiters: waiters + [waiter])
                    return nil
                }
            }
            if let known { waiter.resume(returning: known) }
        }
    }
}
