import EventLoop
import Telemetry
import Testing

@testable import AMQPClient

@Suite struct AMQPConfigurationTests {
    @Test(arguments: [
        ("amqp://localhost", "localhost:5672", "guest", "/"),
        ("amqp://", "localhost:5672", "guest", "/"),
        ("amqp://host/", "host:5672", "guest", "/"),
        ("amqp://me:p%40ss@host:5673/%2f", "host:5673", "me", "/"),
        ("amqp://me@[::1]:5673/jobs", "[::1]:5673", "me", "jobs"),
        ("AMQP://m%C3%BCller:x@host/a%2Fb", "host:5672", "müller", "a/b"),
    ])
    func `a URL names endpoint, user and virtual host`(
        url: String,
        endpoint: String,
        user: String,
        virtualHost: String
    ) throws {
        let configuration = try AMQPConfiguration(url: url)
        #expect(configuration.endpoint.description == endpoint)
        #expect(configuration.user == user)
        #expect(configuration.virtualHost == virtualHost)
    }

    @Test func `parameters set the heartbeat, the connect timeout and the name`() throws {
        let url = "amqp://host/v?heartbeat=7&connection_timeout=1500&name=worker%201"
        let configuration = try AMQPConfiguration(url: url)
        #expect(configuration.heartbeat == .seconds(7))
        #expect(configuration.connectTimeout == .milliseconds(1_500))
        #expect(configuration.connectionName == "worker 1")
    }

    @Test(arguments: [
        "localhost", "http://host", "amqps://u:geheim@host", "amqp://u:geheim@host:0",
        "amqp://u:geheim@host:99999", "amqp://u:geheim%4@host", "amqp://u:geheim%zz@host",
        "amqp://u:geheim%ff@host", "amqp://u:geheim@host?heartbeat=x",
        "amqp://u:geheim@host?heartbeat=-1", "amqp://u:geheim@host?connection_timeout=0",
        "amqp://u:geheim@host?cacertfile=x",
    ])
    func `a URL that cannot work is refused without repeating the password`(url: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(url: url) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("geheim") == false)
    }

    @Test func `a password shows itself nowhere`() throws {
        let configuration = try AMQPConfiguration(url: "amqp://me:geheim@host")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("geheim"))
        }
        #expect(configuration.password == "geheim")
    }

    @Test func `a mismatch names the argument where the broker does`() {
        let words =
            "the broker says: PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q'"
            + " in vhost '/': received 'quorum' but current is 'classic'"
        let problem = AMQPProblem(.queue("q"), AMQPError(.preconditionFailed, words))
        #expect(problem.argument == "x-queue-type")
        #expect(problem.description.contains("queue 'q'"))
        #expect(AMQPProblem(.queue("q"), AMQPError(.accessRefused, words)).argument == nil)
    }
}
