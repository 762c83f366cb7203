extension RedisServer {
    /// The address of the server for a client on the other side of a proxy.
    public func url(through proxy: TCPProxy) -> String {
        "redis://\(password.map { ":\($0)@" } ?? "")127.0.0.1:\(proxy.port)"
    }
}

extension VirtualHost {
    /// The address for a client on the other side of a proxy; `heartbeat` in seconds.
    public func url(through proxy: TCPProxy, heartbeat: Int? = nil) -> String {
        let parameters = heartbeat.map { "?heartbeat=\($0)" } ?? ""
        return "amqp://guest:guest@127.0.0.1:\(proxy.port)/\(name)\(parameters)"
    }
}
