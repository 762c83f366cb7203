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

    func settle(_ exit: ChildProcess.Exit) {
        let waiters = life.withLock { life -> [CheckedContinuation<ChildProcess.Exit, Never>] in
            guard case .running(let waiters) = life else { return [] }
            life = .ended(exit)
            return waiters
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
