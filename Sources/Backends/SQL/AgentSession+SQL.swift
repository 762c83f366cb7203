import CacheDomain
import Codecs
import SQLClient
import Telemetry

extension AgentSession {
    /// The columns that `init(_:)` reads.
    static let columns = """
        id, user_id, agent_id, title, status, context, metadata, message_count, created_at, \
        updated_at, expires_at
        """

    /// The values of the columns, in their order.
    var values: [SQLValue] {
        [
            .text(id.description), .text(userID), .text(agentID), .optional(title),
            .text(status.rawValue), .text(context.text), .text(metadata.text),
            .integer(messageCount), .integer(createdAt.milliseconds),
            .integer(updatedAt.milliseconds), .integer(expiresAt.milliseconds),
        ]
    }

    /// The session of a row.
    init(_ row: SQLRow) throws(SQLError) {
        guard let id = SessionID(try row.text("id")) else { throw .unreadable("id") }
        guard let status = Status(rawValue: try row.text("status")) else {
            throw .unreadable("status")
        }
        self.init(
            id: id,
            userID: try row.text("user_id"),
            agentID: try row.text("agent_id"),
            title: try row.optionalText("title"),
            status: status,
            context: try row.object("context"),
            metadata: try row.object("metadata"),
            messageCount: Int(try row.integer("message_count")),
            createdAt: try row.moment("created_at"),
            updatedAt: try row.moment("updated_at"),
            expiresAt: try row.moment("expires_at")
        )
    }
}

extension SessionMessage {
    /// The message of a row.
    init(_ row: SQLRow) throws(SQLError) {
        self.init(
            position: Int(try row.integer("position")),
            role: try row.text("role"),
            content: try row.text("content"),
            metadata: try row.object("metadata"),
            createdAt: try row.moment("created_at")
        )
    }
}

extension SQLRow {
    fileprivate func object(_ column: String) throws(SQLError) -> JSONObjectText {
        let text = try text(column)
        do throws(JSONError) {
            return try JSONObjectText(text)
        } catch {
            throw .unreadable(column)
        }
    }

    fileprivate func moment(_ column: String) throws(SQLError) -> WallTime {
        WallTime(milliseconds: try integer(column))
    }
}

extension SQLError {
    fileprivate static func unreadable(_ column: String) -> SQLError {
        SQLError(
            .unexpectedAnswer,
            "the column \"\(column)\" of a session holds what this program does not write"
        )
    }
}
