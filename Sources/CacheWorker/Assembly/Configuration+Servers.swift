import AMQPClient
import RedisClient
import SQLClient
import Telemetry

extension Configuration {
    /// The Redis of cached data; nil in the embedded mode.
    func dataServer() throws(StartError) -> RedisConfiguration? {
        try server(redisURL, password: redisPassword, variable: "REDIS_URL")
    }

    /// The Redis of jobs and coherence, where it is another one.
    func jobsServer() throws(StartError) -> RedisConfiguration? {
        guard jobsRedisURL == nil || redisURL != nil else {
            throw .missing("REDIS_URL", "JOBS_REDIS_URL, which stands beside it,")
        }
        return try server(jobsRedisURL, password: jobsRedisPassword, variable: "JOBS_REDIS_URL")
    }

    /// The broker, if there is one.
    func broker() throws(StartError) -> AMQPConfiguration? {
        guard let amqpURL else { return nil }
        do throws(AMQPError) {
            var broker = try AMQPConfiguration(url: amqpURL)
            if let amqpPassword { broker.password = amqpPassword }
            return broker
        } catch {
            throw StartError(.configuration, "AMQP_URL: \(error)")
        }
    }

    /// Where sessions are kept, if anywhere.
    func sessionDatabase() throws(StartError) -> SQLAddress? {
        guard let sessionDatabaseURL else { return nil }
        do throws(SQLAddress.Fault) {
            return try SQLAddress(sessionDatabaseURL)
        } catch {
            throw StartError(.configuration, "SESSION_DATABASE_URL \(error)")
        }
    }

    private func server(
        _ url: String?,
        password: Secret?,
        variable: String
    ) throws(StartError) -> RedisConfiguration? {
        guard let url else { return nil }
        do throws(RedisURLError) {
            var server = try RedisConfiguration(url: url)
            if let password { server.password = password }
            return server
        } catch {
            throw StartError(.configuration, "\(variable): \(error.message)")
        }
    }
}
