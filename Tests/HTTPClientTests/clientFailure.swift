import HTTPClient
import Testing

/// The error that a request comes to.
func clientFailure(
    of request: HTTPClientRequest,
    by client: HTTPClient,
    _ location: SourceLocation = #_sourceLocation
) async -> HTTPClientError? {
    do throws(HTTPClientError) {
        let response = try await client.fetch(request)
        Issue.record("an answer came: \(response.status)", sourceLocation: location)
        return nil
    } catch {
        return error
    }
}
