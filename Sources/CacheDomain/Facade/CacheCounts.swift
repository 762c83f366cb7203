/// What became of the calls on a cache.
public struct CacheCounts: Sendable, Equatable {
    /// Values that were found, by where; loaded ones are no hits.
    public internal(set) var hits: [Hit.Origin: Int] = [:]
    /// Reads that found none, loads included.
    public internal(set) var misses = 0
    /// Values that were written, numbers that were changed.
    public internal(set) var writes = 0
    /// Keys that were removed.
    public internal(set) var removals = 0
    /// Calls that the store could not do.
    public internal(set) var errors = 0
    /// Values that could not be decoded, and were removed.
    public internal(set) var corrupt = 0
    /// Values that could not be encoded, and were not kept.
    public internal(set) var unencodable = 0

    /// Values that were found, wherever.
    public var hitCount: Int { hits.values.reduce(0, +) }

    /// The share of reads that found a value, from 0 to 1; nil before the first read.
    public var hitRate: Double? {
        let reads = hitCount + misses
        return reads == 0 ? nil : Double(hitCount) / Double(reads)
    }

    /// An answer was found; one that had to be loaded was not there.
    mutating func found(at origin: Hit.Origin) {
        if origin == .source { misses += 1 } else { hits[origin, default: 0] += 1 }
    }

    /// Both together.
    public static func + (one: CacheCounts, other: CacheCounts) -> CacheCounts {
        var sum = one
        sum.hits.merge(other.hits, uniquingKeysWith: +)
        sum.misses += other.misses
        sum.writes += other.writes
        sum.removals += other.removals
        sum.errors += other.errors
        sum.corrupt += other.corrupt
        sum.unencodable += other.unencodable
        return sum
    }
}
