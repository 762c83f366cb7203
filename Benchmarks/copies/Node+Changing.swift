import CacheDomain

extension Node {
    private static let timeToLive = Duration.seconds(600)
    private static let tagCount = 4
    private static let namespace = "copies"

    /// What a caller does to the cache.
    private enum Act {
        case write(Int, tags: [String])
        case remove(Int)
        case purgeTag(String)
        case purgeAll

        static func random(_ keyCount: Int) -> Act {
            let key = Int.random(in: 0..<keyCount)
            return switch Int.random(in: 0..<1000) {
            case 0: .purgeAll
            case 1..<10: .purgeTag("copies-\(Int.random(in: 0..<tagCount))")
            case 10..<200: .remove(key)
            case 200..<300: .write(key, tags: ["copies-\(Int.random(in: 0..<tagCount))"])
            default: .write(key, tags: [])
            }
        }

        var key: Int {
            switch self {
            case .write(let key, _), .remove(let key): key
            case .purgeTag, .purgeAll: Record.everyKey
            }
        }
    }

    /// Changes something again and again.
    func change(as writer: Int) async {
        await finishWhatWasBegun(writer)
        let pause = 4 / Double(settings.writeRate)
        while !Task.isCancelled {
            if isBusy { await change(Act.random(settings.keyCount), writer) }
            try? await Task.sleep(for: .seconds(pause * Double.random(in: 0.5...1.5)))
        }
    }

    private func change(_ act: Act, _ writer: Int) async {
        let value = nextValue()
        var begin = record(.begin, key: act.key, value: value)
        begin.isAtomic = isAtomic(act)
        begin.start = monotonicNow()
        pipe.append(begin)
        pipe.flush()
        if !begin.isAtomic {
            intents.write([value, UInt64(act.key)], at: Self.place(of: writer))
        }
        do throws(StoreError) {
            try await perform(act, value)
        } catch {
            fail()
            // Whether it was done is not known. What is announced with it needs no more; else it
            // is as with a job: it comes again until it is done.
            guard !begin.isAtomic else { return }
            await invalidateUntilDone(act.key)
        }
        end(value, writer)
    }

    /// Whether Redis makes and announces it in one step.
    private func isAtomic(_ act: Act) -> Bool {
        if settings.ports.isSplit { return false }
        return switch act {
        case .write, .remove: true
        case .purgeTag, .purgeAll: false
        }
    }

    private func perform(_ act: Act, _ value: UInt64) async throws(StoreError) {
        switch act {
        case .write(let key, let tags):
            let write = CacheWrite(
                key: Self.name(of: key),
                value: Array(String(value).utf8),
                timeToLive: Self.timeToLive,
                tags: tags
            )
            try await cache.write([write])
        case .remove(let key): try await cache.remove([Self.name(of: key)])
        case .purgeTag(let tag): try await cache.purge([.tag(tag)])
        case .purgeAll: try await cache.purge([.namespace(Self.namespace)])
        }
    }

    private func invalidateUntilDone(_ key: Int) async {
        while !Task.isCancelled {
            do throws(StoreError) {
                if key == Record.everyKey {
                    try await cache.purge([.namespace(Self.namespace)])
                } else {
                    try await cache.remove([Self.name(of: key)])
                }
                return
            } catch {
                fail()
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func end(_ value: UInt64, _ writer: Int) {
        var end = record(.end, value: value)
        end.end = monotonicNow()
        pipe.append(end)
        intents.write([0, 0], at: Self.place(of: writer))
    }

    /// A change that an earlier process of this slot has begun comes again, as a job does.
    private func finishWhatWasBegun(_ writer: Int) async {
        let words = intents.read(2, at: Self.place(of: writer))
        guard words.count == 2, words[0] != 0 else { return }
        await invalidateUntilDone(Int(words[1]))
        end(words[0], writer)
    }

    private static func place(of writer: Int) -> Int { writer * 16 }
}
