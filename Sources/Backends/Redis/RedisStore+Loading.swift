public import CacheDomain
import RedisClient

extension RedisStore {
    /// Grants the lease beside the value, by the clock of the server, in one script.
    public func claim(
        _ lease: LoadLease,
        unlessLivesLonger minimumRemaining: Duration
    ) async throws(StoreError) -> LoadClaim {
        try refuseOwn(lease.key)
        let call = LoadScripts.claim.call(
            keys: [log.keys.loads, lease.key],
            lease.token,
            lease.milliseconds,
            Int(minimumRemaining / .milliseconds(1))
        )
        let reply = try await run(call)
        guard let answer = reply[0]?.integer, let remaining = reply[1]?.integer else {
            throw .unexpected(reply, to: "the script that grants a lease")
        }
        return switch answer {
        case LoadScripts.granted: .granted
        case LoadScripts.present: .present
        default: .held(.milliseconds(remaining))
        }
    }

    /// Begins the lease's time anew.
    public func renew(_ lease: LoadLease) async throws(StoreError) -> Bool {
        let call = LoadScripts.renew.call(
            keys: [log.keys.loads, lease.key],
            lease.token,
            lease.milliseconds
        )
        return try await run(call).integer == 1
    }

    /// Gives the lease back.
    public func release(_ lease: LoadLease) async throws(StoreError) {
        _ = try await run(
            LoadScripts.release.call(keys: [log.keys.loads, lease.key], lease.token)
        )
    }
}

extension LoadLease {
    /// Redis refuses an expiry of zero; what lives shorter than a millisecond lives one.
    fileprivate var milliseconds: Int { max(1, Int(timeToLive / .milliseconds(1))) }
}
