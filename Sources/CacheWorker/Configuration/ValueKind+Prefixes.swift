import CacheDomain

extension ValueKind<WatchedPrefixes> {
    /// Beginnings of keys, separated by commas, none of which begins with another.
    static let prefixes = ValueKind(
        metavariable: "PREFIX,…",
        read: { text throws(ValueFault) in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            do throws(WatchedPrefixesError) {
                return try WatchedPrefixes(parts.map(\.trimmingSpaces))
            } catch {
                throw .unusable(error.message)
            }
        },
        text: { $0.prefixes.joined(separator: ",") },
        takesList: true
    )
}
