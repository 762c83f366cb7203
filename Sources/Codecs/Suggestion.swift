/// Finds what was probably meant.
public enum Suggestion: Sendable {
    /// Longer words are not compared.
    private static let maxCharacters = 64

    /// The nearest of the words, if it is near: no more than a third of the characters differ.
    public static func of(_ word: String, among words: [String]) -> String? {
        guard word.count <= maxCharacters else { return nil }
        let near = words.map { (distance: distance(Array(word), Array($0)), word: $0) }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let near, near.distance <= max(1, word.count / 3) else { return nil }
        return near.word
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words.
    ///
    /// The restricted distance of Damerau and Levenshtein: no character is touched twice.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var line = [row + 1]
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replaced, last[column + 1] + 1, line[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                line.append(best)
            }
            (beforeLast, last) = (last, line)
        }
        return last[right.count]
    }
}
