import Codecs
import Telemetry

/// Responses that are not true any more; `context` says why, to the observer and in the log.
extension ResponseCache {
    /// Removes all responses of an operation, and returns how many there were.
    @discardableResult
    public func invalidateByOperation(
        _ operation: String,
        context: String = ""
    ) async -> Int {
        let pattern = GlobPattern.escaping(ResponseKey.beginning(of: operation)) + "*"
        return await invalidate(.operation, operation, pattern, context)
    }

    /// Removes all responses with this in their key, a Redis glob, and returns how many there were.
    ///
    /// Nothing at all is in every key.
    @discardableResult
    public func invalidatePattern(_ pattern: String, context: String = "") async -> Int {
        await invalidate(.pattern, pattern, "*\(pattern)*", context)
    }

    private func invalidate(
        _ kind: InvalidationReport.Kind,
        _ name: String,
        _ pattern: String,
        _ context: String
    ) async -> Int {
        let start = layer.now()
        var removedCount = 0
        var failure: CacheError?
        do throws(CacheError) {
            removedCount = try await cache(of: "", .small).removeAll(matching: pattern)
            logger.info(
                "responses are invalidated",
                [
                    kind.rawValue: .string(name), "context": .string(context),
                    "count": .integer(removedCount),
                ]
            )
        } catch {
            failure = error
            logger.warning(
                "responses cannot be invalidated",
                [
                    kind.rawValue: .string(name), "context": .string(context),
                    "error": .string("\(error)"),
                ]
            )
        }
        observer?
            .observe(
                .invalidated(
                    InvalidationReport(
                        kind,
                        name: name,
                        context: context,
                        removedCount: removedCount,
                        failure: failure.map { "\($0)" },
                        duration: start.duration(to: layer.now())
                    )
                )
            )
        return removedCount
    }
}
