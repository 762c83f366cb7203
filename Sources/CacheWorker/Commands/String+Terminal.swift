/// Texts for the columns of a terminal.
extension String {
    /// The text with a mark in the place of each control, format and separator character.
    var printable: String {
        var scalars = UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                scalars.append("\u{FFFD}")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// At most so many characters; what is cut off is marked.
    func shortened(to count: Int) -> String {
        self.count <= count ? self : prefix(max(0, count - 1)) + "…"
    }

    /// At least so many characters, blanks behind the text.
    func padded(to count: Int) -> String {
        self + String(repeating: " ", count: max(0, count - self.count))
    }
}
