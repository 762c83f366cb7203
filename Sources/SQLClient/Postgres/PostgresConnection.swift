internal import CPostgres
import Glibc

/// The owner of one libpq connection.
///
/// Statements are sent and awaited by `poll`, never by libpq's own waiting, which has no limit: a
/// server that stands still must not hold the thread for ever.
@safe
final class PostgresConnection: SQLConnection {
    private static let connectSeconds = 5
    /// How much longer than a statement may take its answer is waited for: the server, if it
    /// lives, gives up by itself.
    private static let grace = Duration.seconds(5)

    let dialect = SQLDialect.postgres
    private let handle: OpaquePointer
    private let answerLimit: Duration

    /// Connects to a `postgres://` address; `password` goes before one in it.
    init(
        address: String,
        password: String?,
        statementTimeout: Duration
    ) throws(SQLError) {
        answerLimit = statementTimeout + Self.grace
        let milliseconds = Int64(statementTimeout / .milliseconds(1))
        var settings: [(name: String, value: String)] = [
            ("connect_timeout", "\(Self.connectSeconds)"), ("application_name", "cacheworker"),
            ("client_encoding", "UTF8"), ("keepalives_idle", "15"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
            ("options", "-c statement_timeout=\(milliseconds)"),
            // Last: what the address says goes before the defaults above.
            ("dbname", address),
        ]
        if let password { settings.append(("password", password)) }
        let names = CStrings(settings.map(\.name))
        let values = CStrings(settings.map(\.value))
        guard let handle = unsafe PQconnectdbParams(names.pointers, values.pointers, 1) else {
            throw SQLError(.unavailable, "libpq has no memory for a connection")
        }
        unsafe self.handle = handle
        // Its notices go to standard error otherwise.
        unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard unsafe PQstatus(handle) == CONNECTION_OK else {
            throw unsafe SQLError(connecting: handle)
        }
        unsafe PQsetnonblocking(handle, 1)
    }

    deinit { unsafe PQfinish(handle) }

    func execute(_ statement: String, _ parameters: [SQLValue]) throws(SQLError) -> SQLAnswer {
        let values = CStrings(parameters.map(\.postgresText))
        let isSent = unsafe PQsendQueryParams(
            handle,
            statement,
            Int32(parameters.count),
            nil,
            values.pointers,
            nil,
            nil,
            0
        )
        guard isSent == 1 else { throw lost("the statement could not be sent") }
        return try answer()
    }

    func executeScript(_ script: String) throws(SQLError) {
        guard unsafe PQsendQuery(handle, script) == 1 else {
            throw lost("the script could not be sent")
        }
        _ = try answer()
    }

    /// The last of the answers that are under way; all of them are taken.
    private func answer() throws(SQLError) -> SQLAnswer {
        let deadline = ContinuousClock.now + answerLimit
        try flush(until: deadline)
        var last = SQLAnswer()
        var failure: SQLError?
        while let result = try next(until: deadline) {
            if let error = result.error {
                failure = failure ?? error
            } else {
                last = try result.answer()
            }
        }
        if let failure { throw failure }
        guard unsafe PQstatus(handle) == CONNECTION_OK else { throw lost("the connection broke") }
        return last
    }

    private func flush(until deadline: ContinuousClock.Instant) throws(SQLError) {
        while true {
            switch unsafe PQflush(handle) {
            case 0: return
            case 1: try wait(for: Int16(POLLIN | POLLOUT), until: deadline)
            default: throw lost("the statement could not be sent")
            }
            // What the server says meanwhile makes room on its side.
            guard unsafe PQconsumeInput(handle) == 1 else { throw lost("the connection broke") }
        }
    }

    private func next(
        until deadline: ContinuousClock.Instant
    ) throws(SQLError) -> PostgresResult? {
        while unsafe PQisBusy(handle) == 1 {
            try wait(for: Int16(POLLIN), until: deadline)
            guard unsafe PQconsumeInput(handle) == 1 else { throw lost("the connection broke") }
        }
        return unsafe PQgetResult(handle).map { unsafe PostgresResult(takingOwnershipOf: $0) }
    }

    private func wait(
        for events: Int16,
        until deadline: ContinuousClock.Instant
    ) throws(SQLError) {
        while true {
            let remaining = ContinuousClock.now.duration(to: deadline)
            guard remaining > .zero else {
                throw SQLError(
                    .unavailable,
                    "PostgreSQL did not answer within \(answerLimit.components.seconds) s; "
                        + "the connection is given up"
                )
            }
            var target = unsafe pollfd(fd: PQsocket(handle), events: events, revents: 0)
            let milliseconds = Int32(clamping: Int64(remaining / .milliseconds(1)) + 1)
            let count = unsafe poll(&target, 1, milliseconds)
            if count > 0 { return }
            guard count == 0 || errno == EINTR else { throw lost("its socket failed") }
        }
    }

    private func lost(_ what: String) -> SQLError {
        let detail = unsafe String(cString: PQerrorMessage(handle)).singleLine
        return SQLError(.unavailable, "PostgreSQL was lost: \(what): \(detail)")
    }
}

/// C strings that live as long as this owner.
@safe
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    /// Ends with a null pointer, which an absent text is, too.
    init(_ texts: [String?]) {
        count = texts.count
        unsafe pointers = .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() {
            unsafe pointers[index] = unsafe text.map { unsafe UnsafePointer(strdup($0)) }
        }
        unsafe pointers[texts.count] = nil
    }

    deinit {
        for index in 0..<count { unsafe free(UnsafeMutablePointer(mutating: pointers[index])) }
        unsafe pointers.deallocate()
    }
}

extension SQLValue {
    /// The value in PostgreSQL's text format; nil for NULL.
    fileprivate var postgresText: String? {
        switch self {
        case .null: nil
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        case .blob(let bytes):
            "\\x"
                + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                .joined()
        }
    }
}

extension String {
    /// Messages of libpq end with a line break, and may have several lines.
    var singleLine: String {
        split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
