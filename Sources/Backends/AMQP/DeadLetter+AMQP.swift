import AMQPClient
import Codecs
import Jobs

extension DeadLetter {
    /// The headers that a worker writes beside the event: about a job's end, and its attempts.
    static let ownHeaders = [
        "reason", "error", "origin", "attempts", "failedAt", "attempt", "firstFailedAt",
    ]

    /// Whether the broker writes that header.
    static func isBrokersOwn(header name: String) -> Bool {
        name == "x-death" || name == "x-delivery-count" || name.hasPrefix("x-first-death-")
            || name.hasPrefix("x-last-death-")
    }

    /// A letter from a message: the headers of a worker, or those of the broker itself.
    init(_ delivery: AMQPDelivery, topology: JobTopology) {
        let properties = (try? delivery.properties()) ?? AMQPProperties()
        var failure = Failure()
        failure.describe(delivery, properties.headers)
        var headers: [(name: String, value: String)] = []
        for (name, value) in properties.headers.sorted(by: { $0.key < $1.key })
        where !Self.ownHeaders.contains(name) && !Self.isBrokersOwn(header: name) {
            guard case .string(let text) = value else {
                failure.others.append((name, value.jsonText))
                continue
            }
            headers.append((name, text))
        }
        failure.originKind = JobKind(rawValue: JobKinds.kind(ofType: delivery.routingKey))
        var digest = Digest()
        for text in [
            properties.messageID ?? "", delivery.exchange, delivery.routingKey, failure.reason,
            failure.error, failure.origin, failure.failedAt?.text ?? "",
            failure.brokerRecord ?? "", String(delivery.bodyByteCount),
        ] { digest.add(text.utf8) }
        digest.add(delivery.body)
        self.init(
            id: digest.text,
            transport: .amqp,
            delivery: Delivery(
                body: delivery.body,
                contentType: delivery.contentType,
                headers: headers
            ),
            failure: failure,
            unreadByteCount: delivery.isOversized ? Int(clamping: delivery.bodyByteCount) : nil
        )
    }
}

extension DeadLetter.Failure {
    fileprivate mutating func describe(_ delivery: AMQPDelivery, _ headers: AMQPTable) {
        reason = headers["reason"]?.text ?? ""
        error = headers["error"]?.text ?? ""
        origin = headers["origin"]?.text ?? "\(delivery.exchange) \(delivery.routingKey)"
        if case .integer(let count)? = headers["attempts"] { attempts = Int(count) }
        failedAt = headers["failedAt"]?.text.flatMap(WallTime.init)
        guard let deaths = headers["x-death"] else { return }
        brokerRecord = deaths.jsonText
        // The broker puts the last death first.
        guard case .array(let list) = deaths, case .table(let last)? = list.first else { return }
        if reason.isEmpty { reason = last["reason"]?.text ?? "" }
        if error.isEmpty {
            error = "the broker gave the message up in queue \(last["queue"]?.text ?? "unknown")"
        }
        if failedAt == nil, case .timestamp(let seconds)? = last["time"] {
            failedAt = WallTime(milliseconds: Int64(clamping: min(seconds, 1 << 40)) * 1_000)
        }
    }
}
