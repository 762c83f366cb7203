import Telemetry

/// What a new connection says before anything else, and what the answers mean.
struct Handshake {
    private enum Step {
        case authenticate
        case select
        case setName
        case loadScript
        /// Proves that the server answers, and that it is not loading its data.
        case ping
    }

    let pipeline: Pipeline
    private let steps: [Step]
    private let configuration: RedisConfiguration
    private var answered = 0

    init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
        var pipeline = Pipeline()
        var steps: [Step] = []
        if let password = configuration.password?.revealed {
            if let user = configuration.user {
                pipeline.append("AUTH", user, password)
            } else {
                pipeline.append("AUTH", password)
            }
            steps.append(.authenticate)
        }
        if configuration.database != 0 {
            pipeline.append("SELECT", configuration.database)
            steps.append(.select)
        }
        if let name = configuration.clientName {
            pipeline.append("CLIENT", "SETNAME", name)
            steps.append(.setName)
        }
        for script in configuration.scripts {
            pipeline.append("SCRIPT", "LOAD", script.source)
            steps.append(.loadScript)
        }
        pipeline.append("PING")
        steps.append(.ping)
        self.pipeline = pipeline
        self.steps = steps
    }

    var isComplete: Bool { answered == steps.count }

    /// Takes the next answer; throws when the connection cannot be used.
    mutating func receive(_ reply: RedisReply) throws(RedisError) {
        guard !isComplete else { throw .protocolViolation("an answer nobody asked for") }
        let step = steps[answered]
        answered += 1
        guard let error = reply.error, case .server(let code) = error.code else { return }
        if code.remedy == .reconnect || code == .tooManyClients || code == .denied {
            throw error.with(outcome: .notSent)
        }
        switch step {
        case .authenticate:
            // The server's text may quote what we sent, so it is not repeated.
            throw refused("user \(configuration.user ?? "default") or the password is not accepted")
        case .select where code != .noAuthentication:
            throw error.with(outcome: .notSent)
        case .select,
            .ping where code == .noAuthentication:
            throw refused("the server wants a password and none is configured")
        case .setName, .loadScript, .ping:
            // A user without the right to do this can still use the connection.
            return
        }
    }

    private func refused(_ why: String) -> RedisError {
        RedisError(
            .authentication,
            "Redis at \(configuration.endpoint) refuses us: \(why); check REDIS_URL",
            outcome: .notSent
        )
    }
}
