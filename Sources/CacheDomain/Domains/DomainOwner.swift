/// Whom cached data belongs to, so that it can be removed with him.
public enum DomainOwner: Sendable, Hashable {
    /// A customer, by his identifier.
    case customer(String)
    /// A conversation, by its identifier.
    case conversation(String)
}
