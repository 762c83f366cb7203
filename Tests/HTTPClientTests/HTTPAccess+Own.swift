import HTTPClient

extension HTTPAccess {
    /// The servers of the tests are on this machine.
    static func own(
        timeout: Duration = .seconds(30),
        maxBodyBytes: Int = 1 << 20
    ) -> HTTPAccess {
        HTTPAccess(
            scopes: ownNetwork,
            connectTimeout: timeout,
            timeout: timeout,
            maxBodyBytes: maxBodyBytes
        )
    }
}
