import CacheDomain
import Codecs

extension CacheCommand: CommandAction {
    func run() async -> ExitStatus {
        await CommandRunner.run(settings) { assembly, _ throws(StartError) in
            guard !assembly.isEmbedded else { throw .missing("REDIS_URL", "the cache command") }
            // A process that lives for one command holds no copies: its gate stays shut.
            let cache = CacheLayer(
                store: assembly.store,
                tier: assembly.localTier(),
                gate: ServingGate(origin: .now)
            )
            do throws(StoreError) {
                return try await perform(on: cache, assembly.configuration)
            } catch {
                throw StartError(error.exitStatus, error.message)
            }
        }
    }

    private func perform(
        on cache: CacheLayer,
        _ configuration: Configuration
    ) async throws(StoreError) -> ExitStatus {
        switch action {
        case .get(let keys):
            try await get(keys, cache)
        case .set(let assignment):
            let outcomes = try await cache.write([
                assignment.write(defaultTimeToLive: configuration.defaultTimeToLive)
            ])
            tell("written", outcomes.first == .written ? 1 : 0)
        case .delete(let keys):
            tell("removed", try await cache.remove(keys))
        case .invalidate(let targets):
            let removed = try await cache.remove(targets.keys)
            tell("removed", try await cache.purge(targets.scopes) + removed)
        }
        return .ok
    }

    /// Prints each value on a line of its own, nothing for a key that is absent.
    private func get(_ keys: [String], _ cache: CacheLayer) async throws(StoreError) {
        var line = Array("{".utf8)
        for (index, key) in keys.enumerated() {
            let value = try await cache.value(forKey: key)?.bytes
            if isJSON {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                line.appendJSONString(key)
                line.append(UInt8(ascii: ":"))
                if let value {
                    line.appendJSONString(String(decoding: value, as: UTF8.self))
                } else {
                    line.append(contentsOf: "null".utf8)
                }
            } else if let value {
                HostSystem.writeToStandardOutput(value + [UInt8(ascii: "\n")])
            }
        }
        if isJSON { print(String(decoding: line, as: UTF8.self) + "}") }
    }

    private func tell(_ what: String, _ count: Int) {
        print(isJSON ? "{\"\(what)\":\(count)}" : "\(count)")
    }
}

extension CacheAssignment {
    fileprivate func write(defaultTimeToLive: Duration) -> CacheWrite {
        CacheWrite(
            key: key,
            value: Array(value.utf8),
            timeToLive: timeToLive ?? defaultTimeToLive,
            tags: tags,
            condition: onlyIfAbsent ? .ifAbsent : .always
        )
    }
}

extension InvalidationTargets {
    fileprivate var scopes: [PurgeScope] {
        PurgeScope.list(tags: tags, patterns: patterns, namespaces: namespaces)
    }
}

extension StoreError {
    fileprivate var exitStatus: ExitStatus {
        switch code {
        case .invalid: .badInput
        case .denied: .configuration
        case .refused, .full: .tryAgain
        case .unavailable, .outcomeUnknown: .unavailable
        }
    }
}
