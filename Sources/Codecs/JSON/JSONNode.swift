/// A value's place in a ``JSONDocument``.
///
/// It means something only to the document that gave it out.
public struct JSONNode: Sendable, Equatable {
    let index: Int
}
