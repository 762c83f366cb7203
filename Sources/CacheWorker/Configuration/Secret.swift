/// A text that must not be seen: no description, dump or reflection of it says more than `***`.
struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The text itself, for the one call that sends it.
    let revealed: String

    init(_ text: String) { revealed = text }

    var description: String { "***" }
    var debugDescription: String { "***" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
