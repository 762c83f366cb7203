/// The way of one key from its source into the cache, or to a value that is there already.
///
///     look ── fresh ──▶ done
///      │ ▲
///      │ └─ there is one now ─┐
///      ▼                      │
///     claim ── another loads ─▶ wait
///      │
///      └─ granted ──▶ load ──▶ fill, if the lease is still held
///
/// The lease is taken before the source is read, and whatever is announced that concerns the key
/// takes it away. So a value that was filled is as new as all that was announced until then, and
/// good for everybody; any other one only for those who asked before the source was read.
struct KeyLoad: Sendable {
    typealias Flight = SingleFlight<LoadedValue>.Flight
    typealias Answer = SingleFlight<LoadedValue>.Answer

    let layer: CacheLayer
    let key: String
    let policy: LoadPolicy
    let load: @Sendable () async throws -> [UInt8]?
    /// Whether it was begun to load a value anew that is fresh still.
    var isAhead = false

    /// A value from the store that is older than it should be, or will be soon.
    private struct Stale {
        let bytes: [UInt8]
        let token: LocalTier.FillToken
        /// How long it has to live, where it is fresh still.
        var remaining: Duration?

        var origin: Hit.Origin { remaining == nil ? .stale : .remote }
    }

    private enum Finding {
        case fresh(Answer)
        case stale(Stale)
        case nothing
        /// The store cannot be asked.
        case away(StoreError)
    }

    private enum Claim {
        case granted
        case present
        /// The store cannot be asked.
        case away(StoreError)
        /// Another process was waited for in vain.
        case givenUp
        /// Another process loads, and nobody waits for this one.
        case needless
    }

    /// Looks, and loads if need be; nil when nobody waits and another process loads.
    func run(_ flight: Flight) async throws -> Answer? {
        let deadline = layer.now() + policy.waitTimeout
        while true {
            flight.seal()
            var stale: Stale?
            switch try await look() {
            case .fresh(let answer): return answer
            case .away(let error): return try await answer(without: error, flight)
            case .nothing: break
            case .stale(let found):
                stale = found
                if found.remaining != nil || policy.stale == .staleWhileRevalidate {
                    let answer = answer(found)
                    guard flight.answerAhead(answer) else { return answer }
                }
            }
            do {
                let lease = LoadLease(key: key, timeToLive: policy.leaseTime)
                switch try await claim(lease, beside: stale, until: deadline, flight) {
                case .granted: return try await load(under: lease, beside: stale, flight)
                case .present:
                    if stale?.remaining != nil { return nil }
                    continue
                case .away(let error): return try await answer(without: error, flight)
                case .givenUp: return try await answerAfterWaiting(beside: stale, flight)
                case .needless: return nil
                }
            } catch {
                guard let stale, mayAnswer(stale), !Task.isCancelled else { throw error }
                return answer(stale)
            }
        }
    }

    // MARK: Looking

    /// What this process holds; due is what is fresh and may be loaded anew behind its readers.
    func held() -> (bytes: [UInt8], isFresh: Bool, isDue: Bool)? {
        let now = layer.now()
        guard let copy = layer.tier.held(forKey: key, at: now) else { return nil }
        let entry = copy.entry
        let remaining = entry.storeExpiry.map { now.duration(to: $0) }
        let isFresh =
            copy.isTrusted && layer.gate.isOpen(at: now) && isFresh(entry.bytes, remaining)
        let isDue = isFresh && remaining.map { self.isDue(entry.bytes, $0) } == true
        return (entry.bytes, isFresh, isDue)
    }

    private func look() async throws -> Finding {
        let token = layer.tier.fillToken(forKey: key)
        do throws(StoreError) {
            let stored = try await layer.storedValue(forKey: key, keepsCopy: policy.keepsCopy)
            guard let stored else { return .nothing }
            guard isFresh(stored.bytes, stored.remaining) else {
                return .stale(Stale(bytes: stored.bytes, token: token))
            }
            if let remaining = stored.remaining, isAhead || isDue(stored.bytes, remaining) {
                return .stale(Stale(bytes: stored.bytes, token: token, remaining: remaining))
            }
            let value = LoadedValue(stored: stored.bytes, origin: .remote)
            return .fresh(Answer(value: value, isForLatecomers: isGood(since: token)))
        } catch {
            return .away(try retriable(error))
        }
    }

    /// Absence has a time of its own, and is not kept any longer.
    private func isFresh(_ bytes: [UInt8], _ remaining: Duration?) -> Bool {
        AbsenceMark.isIn(bytes) || policy.isFresh(remaining)
    }

    /// Whether nothing that concerns the key was heard since, so that what was read then is as good
    /// as a copy in this process.
    private func isGood(since token: LocalTier.FillToken) -> Bool {
        layer.gate.isOpen(at: layer.now()) && layer.tier.isUnchanged(since: token)
    }

    /// Whether the lot falls on this reader to load a fresh value anew.
    private func isDue(_ bytes: [UInt8], _ remaining: Duration) -> Bool {
        guard let rule = policy.earlyRefresh, !AbsenceMark.isIn(bytes),
            let loadTime = layer.loadTime(of: policy)
        else { return false }
        let left = remaining - policy.staleRemaining
        return rule.isDue(in: left, loadTime: loadTime, lot: layer.lot())
    }

    /// Whether it is good enough for who waits.
    private func mayAnswer(_ stale: Stale) -> Bool {
        stale.remaining != nil || policy.stale != .askStore
    }

    private func answer(_ stale: Stale) -> Answer {
        Answer(
            value: LoadedValue(stored: stale.bytes, origin: stale.origin),
            isForLatecomers: isGood(since: stale.token)
        )
    }

    // MARK: Waiting for others

    private func claim(
        _ lease: LoadLease,
        beside stale: Stale?,
        until deadline: ContinuousClock.Instant,
        _ flight: Flight
    ) async throws -> Claim {
        let minimum = stale.map { $0.remaining ?? policy.staleRemaining } ?? .zero
        var pace = WaitPace()
        var hasWaited = false
        while true {
            let remaining: Duration
            do throws(StoreError) {
                switch try await layer.store.claim(lease, unlessLivesLonger: minimum) {
                case .granted: return .granted
                case .present: return .present
                case .held(let time): remaining = time
                }
            } catch {
                // It may have been granted, and the answer was lost.
                giveBack(lease)
                return .away(try retriable(error))
            }
            guard flight.isAwaited else { return .needless }
            if !hasWaited { layer.count(.waited) }
            hasWaited = true
            let pause = pace.next(leaseEndsIn: remaining)
            guard layer.now() + pause <= deadline else { return .givenUp }
            try await layer.clock.sleep(for: pause)
        }
    }

    private func answerAfterWaiting(
        beside stale: Stale?,
        _ flight: Flight
    ) async throws -> Answer {
        layer.count(.waitedInVain)
        guard policy.afterWaiting == .load, stale.map(mayAnswer) != true else {
            throw LoadError.waitedInVain(key: key, for: policy.waitTimeout)
        }
        return try await loadAlone(flight)
    }

    // MARK: Without the store

    private func answer(without error: StoreError, _ flight: Flight) async throws -> Answer? {
        guard flight.isAwaited else { return nil }
        if policy.stale != .askStore, let held = held() {
            let value = LoadedValue(stored: held.bytes, origin: .stale)
            // Who has come meanwhile would find the same.
            return Answer(value: value, isForLatecomers: true)
        }
        guard policy.withoutStore == .load else { throw error }
        return try await loadAlone(flight)
    }

    /// Loads for those who wait, and writes it nowhere.
    private func loadAlone(_ flight: Flight) async throws -> Answer {
        layer.count(.startedAlone)
        flight.seal()
        let token = layer.tier.fillToken(forKey: key)
        let value = LoadedValue(bytes: try await loadInTime(), origin: .source)
        return Answer(value: value, isForLatecomers: isGood(since: token))
    }

    /// The error, if it may be another time; the others, and those of a task that is cancelled, are
    /// thrown.
    private func retriable(_ error: StoreError) throws -> StoreError {
        try Task.checkCancellation()
        guard error.isRetriable else { throw error }
        return error
    }

    // MARK: Loading

    private func load(
        under lease: LoadLease,
        beside stale: Stale?,
        _ flight: Flight
    ) async throws -> Answer {
        layer.count(.started)
        flight.seal()
        let token = layer.tier.fillToken(forKey: key)
        do {
            let bytes = try await loadRenewing(lease)
            let isCurrent = await keep(bytes, under: lease, beside: stale, since: token)
            return Answer(
                value: LoadedValue(bytes: bytes, origin: .source),
                isForLatecomers: isCurrent
            )
        } catch {
            // Where nobody waits the lease stays until its end: so a source that fails is not asked
            // again and again for the sake of stale answers.
            if flight.isAwaited || Task.isCancelled { await giveBack(lease).value }
            throw error
        }
    }

    private func loadRenewing(_ lease: LoadLease) async throws -> [UInt8]? {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await renew(lease) }
            defer { group.cancelAll() }
            return try await loadInTime()
        }
    }

    /// Begins the lease's time anew again and again, until it is lost or the task is cancelled.
    private func renew(_ lease: LoadLease) async {
        while (try? await layer.clock.sleep(for: lease.timeToLive / 3)) != nil {
            // What fails is tried again; if it never succeeds, the value is refused.
            if (try? await layer.store.renew(lease)) == false { return }
        }
    }

    private func loadInTime() async throws -> [UInt8]? {
        let error = LoadError.timedOut(key: key, after: policy.loadTimeout)
        let deadline = Deadline(limit: policy.loadTimeout, clock: layer.clock, error: error)
        let start = layer.now()
        do {
            let bytes = try await deadline.run(load)
            layer.sawLoad(taking: start.duration(to: layer.now()), of: policy)
            return bytes
        } catch let found {
            if !Task.isCancelled {
                layer.count(found as? LoadError == error ? .timedOut : .failed)
            }
            throw found
        }
    }

    /// Puts what was loaded into the store; false when that may know something newer.
    private func keep(
        _ bytes: [UInt8]?,
        under lease: LoadLease,
        beside stale: Stale?,
        since token: LocalTier.FillToken
    ) async -> Bool {
        guard let time = bytes == nil ? policy.absenceTime : policy.timeToLive else {
            return await forget(under: lease, beside: stale)
        }
        let write = CacheWrite(
            key: key,
            value: bytes ?? AbsenceMark.bytes,
            timeToLive: time,
            tags: policy.tags,
            condition: .leased(lease.token),
            keepsCopy: policy.keepsCopy
        )
        do throws(StoreError) {
            let isWritten = try await layer.fill(write, since: token) == .written
            layer.count(isWritten ? .filled : .refused)
            if !isWritten { await giveBack(lease).value }
            return isWritten
        } catch {
            layer.count(.unwritten)
            giveBack(lease)
            return false
        }
    }

    /// The source has no value, and that is not to be remembered; a stale one goes.
    private func forget(under lease: LoadLease, beside stale: Stale?) async -> Bool {
        do throws(StoreError) {
            let isHeld = try await layer.store.renew(lease)
            if stale != nil { try await layer.remove([key]) }
            await giveBack(lease).value
            return isHeld
        } catch {
            layer.count(.unwritten)
            giveBack(lease)
            return false
        }
    }

    /// Apart from a caller that may be cancelled; where it fails, the lease ends by itself.
    @discardableResult
    private func giveBack(_ lease: LoadLease) -> Task<Void, Never> {
        Task { [layer] in try? await layer.store.release(lease) }
    }
}
