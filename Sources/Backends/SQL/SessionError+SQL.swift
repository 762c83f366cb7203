import CacheDomain
import SQLClient

extension SessionError {
    /// What a failure of the database means to who asked for a session.
    init(_ error: SQLError) {
        let code: Code =
            switch error.code {
            case .unavailable, .busy, .timeout, .overloaded: .unavailable
            case .outcomeUnknown: .outcomeUnknown
            case .invalid, .constraint: .invalid
            case .denied, .full, .corrupt, .unexpectedAnswer, .other: .refused
            }
        self.init(code, error.message)
    }
}
