import Codecs
import Synchronization

extension InMemoryServer {
    func claim(_ lease: LoadLease, unlessLivesLonger minimumRemaining: Duration) -> LoadClaim {
        let now = now()
        return state.withLock { state in
            if let held = state.values[ExactString(lease.key)],
                now.duration(to: held.expiry) > minimumRemaining
            {
                return .present
            }
            return state.leases.claim(lease, at: now).map(LoadClaim.held) ?? .granted
        }
    }

    func renew(_ lease: LoadLease) -> Bool {
        let now = now()
        return state.withLock { $0.leases.renew(lease, at: now) }
    }

    func release(_ lease: LoadLease) { state.withLock { $0.leases.release(lease) } }
}
