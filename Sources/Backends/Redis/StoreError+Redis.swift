import CacheDomain
import RedisClient

extension StoreError {
    /// What a failure of the client means to a user of the store.
    init(_ error: RedisError) {
        self.init(Self.code(of: error), error.message)
    }

    private static func code(of error: RedisError) -> Code {
        switch error.code {
        case .connection, .timeout, .protocolViolation, .closed, .cancelled:
            error.isOutcomeUnknown ? .outcomeUnknown : .unavailable
        case .overloaded: .refused
        case .authentication: .denied
        case .tooLarge: .invalid
        case .server(let code):
            switch code {
            case .noAuthentication, .wrongPassword, .noPermission: .denied
            case .wrongType, .crossSlot, .execAborted, .other, .groupExists: .invalid
            case .outOfMemory: .full
            default: .refused
            }
        }
    }

    /// A reply of another shape than the command has: another program's server, or a bug of ours.
    static func unexpected(_ reply: RedisReply, to command: String) -> StoreError {
        StoreError(.invalid, "Redis answered \(command) with \(reply)")
    }
}
