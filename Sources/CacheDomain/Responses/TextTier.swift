/// How long a text is, roughly.
public enum TextTier: String, Sendable, CaseIterable {
    case small
    case medium
    case large
    case huge = "xlarge"
}
