/// The CloudEvents attributes that mean something here; all others are ignored.
enum EventAttribute: String {
    case type
    case id
    case source
    case specversion
    case time
    case subject
    case traceparent
    case notbefore
    case expiresat
}
