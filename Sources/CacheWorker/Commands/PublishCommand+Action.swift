import Codecs
import Glibc
import Jobs

extension PublishCommand: CommandAction {
    /// How many events go to the broker at a time.
    private static let batchSize = 500

    func run() async -> ExitStatus {
        await CommandRunner.run(settings) { assembly, _ throws(StartError) in
            let events = try await events(assembly.configuration)
            let hasBroker = assembly.configuration.amqpURL != nil
            switch transport ?? (hasBroker ? .amqp : .stream) {
            case .stream:
                try await publish(events, to: try assembly.streamPublisher())
            case .amqp:
                try await assembly.withAMQPPublisher { publisher throws(StartError) in
                    try await publish(events, to: publisher)
                }
            }
            return .ok
        }
    }

    /// Publishes, and prints the id of each event once it is stored.
    private func publish(
        _ events: [Event],
        to publisher: any JobPublisher
    ) async throws(StartError) {
        var rest = events[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.batchSize))
            do throws(SourceError) {
                try await publisher.publish(batch)
            } catch {
                throw StartError(error.isRetriable ? .unavailable : .configuration, error.message)
            }
            for event in batch { print(event.id ?? "") }
            rest = rest.dropFirst(batch.count)
        }
    }

    // MARK: Events

    /// All events, checked before the first one is published, each with an id.
    private func events(_ configuration: Configuration) async throws(StartError) -> [Event] {
        var decoder = EventDecoder(limits: EventLimits(maxEventBytes: configuration.maxEventBytes))
        var events: [Event] = []
        switch source {
        case .data(let type, let json):
            var text = Array("{\"type\":".utf8)
            text.appendJSONString(type)
            text += Array(",\"data\":".utf8) + Array(json.utf8) + Array("}".utf8)
            events.append(try decoder.event(text, "the event"))
        case .invalidation(let targets):
            let invalidation = Invalidation(
                keys: targets.keys,
                tags: targets.tags,
                patterns: targets.patterns,
                namespaces: targets.namespaces
            )
            events.append(Event(job: .invalidate(invalidation)))
        case .file(let path):
            let file: Int32
            do throws(FileFault) {
                file = try HostSystem.openForReading(path)
            } catch {
                throw StartError(.badInput, "\(path) \(error)")
            }
            defer { close(file) }
            events = try await decoder.events(file, path, configuration.maxEventBytes)
        case .standardInput:
            events = try await decoder.events(
                STDIN_FILENO,
                "standard input",
                configuration.maxEventBytes
            )
        }
        for index in events.indices where events[index].id == nil {
            events[index].id = Self.freshID()
        }
        return events
    }

    private static func freshID() -> String {
        let digits = [UInt64.random(in: .min ... .max), .random(in: .min ... .max)]
        return digits.map { String($0, radix: 16) }
            .map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }
}

extension EventDecoder {
    fileprivate mutating func events(
        _ descriptor: Int32,
        _ name: String,
        _ maxEventBytes: Int
    ) async throws(StartError) -> [Event] {
        var events: [Event] = []
        for await line in LineInput(descriptor: descriptor, maxLineBytes: maxEventBytes + 1) {
            events.append(try event(line.bytes, "\(name), line \(line.number)"))
        }
        return events
    }

    fileprivate mutating func event(
        _ bytes: [UInt8],
        _ place: String
    ) throws(StartError) -> Event {
        do throws(EventError) {
            return try decode(bytes[...])
        } catch {
            throw StartError(.badInput, "\(place): \(error.message)")
        }
    }
}
