public import AMQPClient
public import Jobs

/// The dead letters of a broker: a queue of their own.
///
/// A queue cannot be looked into: its messages are taken without acknowledgement, and those that
/// nobody settles are back in their places when the connection ends. The broker counts that as one
/// more delivery of each.
public struct AMQPDeadLetters: DeadLetterStore {
    /// How long the broker may take to connect.
    private static let connectLimit = Duration.seconds(5)
    /// How long what was held may take to be back in the queue.
    private static let returnLimit = Duration.seconds(2)
    private static let returnPause = Duration.milliseconds(10)
    private static let idDigits = 16

    /// What the letters came over.
    public let transport = DeadLetter.Transport.amqp
    private let configuration: AMQPConfiguration
    private let topology: JobTopology
    private let dependencies: AMQPDependencies

    /// The dead letters of that broker, over connections that live as long as a walk.
    public init(
        _ configuration: AMQPConfiguration,
        topology: JobTopology,
        dependencies: AMQPDependencies
    ) {
        self.configuration = configuration
        self.topology = topology
        self.dependencies = dependencies
    }

    /// Whether it is a digest: 16 hexadecimal digits.
    public func mayOwn(_ id: String) -> Bool {
        id.utf8.count == Self.idDigits
            && id.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }

    /// Takes the letters that wait in the queue now, and gives back what is not settled.
    public func read<Result: Sendable>(
        _ range: DeadLetterRange,
        _ body: (any DeadLetterSession) async throws(DeadLetterError) -> Result
    ) async throws(DeadLetterError) -> Result {
        // Nothing is declared: a look must not make what is not there.
        let publisher = AMQPPublisher(configuration, dependencies: dependencies)
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            let result: Swift.Result<Result, DeadLetterError>
            do throws(DeadLetterError) {
                result = .success(try await read(range, publisher, &group, body))
            } catch {
                result = .failure(error)
            }
            await publisher.close()
            await group.waitForAll()
            return result
        }
        return try result.get()
    }

    private func read<Result>(
        _ range: DeadLetterRange,
        _ publisher: AMQPPublisher,
        _ group: inout TaskGroup<Void>,
        _ body: (any DeadLetterSession) async throws(DeadLetterError) -> Result
    ) async throws(DeadLetterError) -> Result {
        let count = try await count(publisher)
        var configuration = configuration
        configuration.maxBatchCount = range.pageSize
        configuration.maxBufferedBytes = AMQPDeadLetterSession.maxBufferedBytes
        let window = min(range.window, count, Int(UInt16.max))
        let consumer = AMQPConsumer(
            configuration,
            subscriptions: [
                AMQPSubscription(to: topology.deadLetters, prefetch: UInt16(clamping: window))
            ],
            dependencies: dependencies
        )
        if count > 0 {
            group.addTask { await consumer.run() }
            do throws(AMQPError) {
                try await consumer.waitUntilSetUp(within: Self.connectLimit)
            } catch {
                await consumer.close()
                throw DeadLetterError(error)
            }
        }
        let session = AMQPDeadLetterSession(
            consumer: consumer,
            publisher: publisher,
            topology: topology,
            extent: range.extent,
            counts: (letters: count, window: window)
        )
        let result: Swift.Result<Result, DeadLetterError>
        do throws(DeadLetterError) {
            result = .success(try await body(session))
        } catch {
            result = .failure(error)
        }
        await consumer.close()
        await waitForReturn(of: count - session.settledCount, publisher)
        return try result.get()
    }

    /// Waits until the queue has so many letters again: it takes them back a moment after the
    /// connection has ended, and the next look must find them.
    private func waitForReturn(of count: Int, _ publisher: AMQPPublisher) async {
        let deadline = ContinuousClock.now + Self.returnLimit
        while ContinuousClock.now < deadline, !Task.isCancelled {
            // Another reader may have them by now, and without a broker nobody knows.
            guard let found = try? await publisher.messageCount(of: topology.deadLetters),
                found < count
            else { return }
            _ = try? await Task.sleep(for: Self.returnPause)
        }
    }

    private func count(_ publisher: AMQPPublisher) async throws(DeadLetterError) -> Int {
        do throws(AMQPError) {
            try await publisher.waitUntilSetUp(within: Self.connectLimit)
            return try await publisher.messageCount(of: topology.deadLetters)
        } catch {
            // No worker has been here yet.
            if error.code == .notFound { return 0 }
            throw DeadLetterError(error)
        }
    }
}

extension DeadLetterError {
    init(_ error: AMQPError) {
        self.init(error.isRetriable ? .unavailable : .refused, error.message)
    }
}
