internal import CPostgres

extension SQLError {
    /// Why a connection did not come about; libpq tells no code for that.
    init(connecting handle: OpaquePointer) {
        let text = unsafe String(cString: PQerrorMessage(handle)).singleLine
        if unsafe PQconnectionNeedsPassword(handle) == 1 {
            self.init(.denied, "PostgreSQL wants a password: \(text)")
        } else {
            self.init(.unavailable, "no connection to PostgreSQL: \(text)")
        }
    }

    /// What an answer that is an error means.
    init(result handle: OpaquePointer) {
        let state = unsafe PQresultErrorField(handle, Self.stateField)
            .map { unsafe String(cString: $0) }
        let primary = unsafe PQresultErrorField(handle, Self.messageField)
            .map { unsafe String(cString: $0) }
        let text = unsafe primary ?? String(cString: PQresultErrorMessage(handle)).singleLine
        self.init(
            Self.code(ofState: state ?? ""),
            "PostgreSQL refused it (\(state ?? "no code")): \(text)"
        )
    }

    /// The one place that knows SQLSTATE: five characters, of which two are the class.
    static func code(ofState state: String) -> Code {
        switch state {
        case "": return .unavailable
        case "57014": return .timeout
        case "55P03", "40001", "40P01": return .busy
        case "42501": return .denied
        case "25006": return .full
        default: break
        }
        return switch state.prefix(2) {
        case "08", "57", "53": state == "53100" ? .full : .unavailable
        case "28": .denied
        case "23": .constraint
        case "0A", "21", "22", "26", "2B", "34", "3D", "3F", "42", "54": .invalid
        case "XX": .corrupt
        default: .other
        }
    }

    // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY are character macros.
    private static let stateField = Int32(UInt8(ascii: "C"))
    private static let messageField = Int32(UInt8(ascii: "M"))
}
