/// Random JSON texts with the trees they mean, the same for the same seed.
struct RandomJSON: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A tree and one of the many ways to write it.
    mutating func value(depth: Int = 0) -> (tree: Tree, text: String) {
        switch Int.random(in: depth > 5 ? 2...6 : 0...6, using: &self) {
        case 0: return object(depth)
        case 1: return array(depth)
        case 2: return (.null, "null")
        case 3:
            let value = Bool.random(using: &self)
            return (.boolean(value), value ? "true" : "false")
        case 4:
            let number = number()
            return (.number(number), number)
        default:
            let (content, text) = string()
            return (.string(Array(content.utf8)), text)
        }
    }

    private mutating func object(_ depth: Int) -> (Tree, String) {
        var members: [String: Tree] = [:]
        var texts: [String] = []
        for _ in 0..<Int.random(in: 0...12, using: &self) {
            let (key, keyText) = string()
            // Swift compares strings by canonical equivalence, JSON by bytes: spare the doubtful.
            if members[key] != nil { continue }
            let (tree, text) = value(depth: depth + 1)
            members[key] = tree
            texts.append(space() + keyText + space() + ":" + space() + text + space())
        }
        return (
            .object(members), "{" + (texts.isEmpty ? space() : texts.joined(separator: ",")) + "}"
        )
    }

    private mutating func array(_ depth: Int) -> (Tree, String) {
        var trees: [Tree] = []
        var texts: [String] = []
        for _ in 0..<Int.random(in: 0...6, using: &self) {
            let (tree, text) = value(depth: depth + 1)
            trees.append(tree)
            texts.append(space() + text + space())
        }
        return (.array(trees), "[" + (texts.isEmpty ? space() : texts.joined(separator: ",")) + "]")
    }

    private mutating func space() -> String {
        let spaces = ["", "", "", " ", "\n", "\t", "\r\n "]
        return spaces.randomElement(using: &self) ?? ""
    }

    private mutating func number() -> String {
        let signs = ["", "-"]
        let fractions = ["", ".0", ".125", ".00000000000000000001"]
        let exponents = ["", "e1", "E+30", "e-400"]
        let digits = String(UInt64.random(in: 0...UInt64.max, using: &self))
        return (signs.randomElement(using: &self) ?? "")
            + (Bool.random(using: &self) ? "0" : digits)
            + (fractions.randomElement(using: &self) ?? "")
            + (exponents.randomElement(using: &self) ?? "")
    }

    /// Content and one way to write it in quotes, each scalar plain or as an escape.
    private mutating func string() -> (content: String, text: String) {
        let samples: [Unicode.Scalar] = [
            "a", "b", "z", "0", " ", "\"", "\\", "/", "\n", "\t", "\u{0}", "\u{1F}", "\u{7F}", "é",
            "ß", "☃", "語", "\u{FFFF}", "\u{D7FF}", "\u{E000}", "😀", "\u{10FFFF}",
        ]
        var content = String.UnicodeScalarView()
        var text = "\""
        for _ in 0..<Int.random(in: 0...10, using: &self) {
            guard let scalar = samples.randomElement(using: &self) else { continue }
            content.append(scalar)
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || Int.random(in: 0...4, using: &self) == 0 {
                for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &self))
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return (String(content), text + "\"")
    }
}
