import SQLClient

extension Setting {
    /// The settings of the database of sessions.
    static let sessions = [
        Setting(
            "sessions.url",
            "SESSION_DATABASE_URL",
            \.sessionDatabaseURL,
            .optional(.address(checkDatabaseAddress)),
            "Database of sessions: sqlite:PATH or postgres://user@host/name",
            confidentiality: .mayHoldSecret,
            defaultWords: "none"
        ),
        Setting(
            "sessions.password",
            "SESSION_DATABASE_PASSWORD",
            \.sessionDatabasePassword,
            .optional(.secret),
            "Its password, instead of one in the address",
            confidentiality: .secret,
            defaultWords: "none"
        ),
        Setting(
            "sessions.max_messages",
            "SESSION_MAX_MESSAGES",
            \.sessionMaxMessages,
            .count(1...1_000_000),
            "With more messages than this a session is told to be long"
        ),
        Setting(
            "sessions.expiry_hours",
            "SESSION_EXPIRY_HOURS",
            \.sessionExpiryHours,
            .count(1...876_000),
            "How long after its last change a session expires, in hours"
        ),
    ]

    private static func checkDatabaseAddress(_ text: String) throws(ValueFault) {
        do throws(SQLAddress.Fault) {
            _ = try SQLAddress(text)
        } catch {
            throw .unusable(error.description)
        }
    }
}
