/// The Prometheus text format 0.0.4 as its documentation tells it: a strict reader of our own.
public struct PrometheusText: Sendable {
    /// The type of each metric by its name.
    public private(set) var types: [String: String] = [:]
    /// The samples in their order.
    public private(set) var samples: [Sample] = []

    /// One line.
    public struct Sample: Sendable, Equatable {
        /// The name, with the suffix of a histogram.
        public let name: String
        /// The labels.
        public let labels: [String: String]
        /// The value.
        public let value: Double
    }

    /// Why a text is not in the format.
    public struct Fault: Error, CustomStringConvertible {
        /// What is wrong, and where.
        public let description: String
    }

    /// Reads a text; throws at the first line that breaks a rule.
    public init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Fault(description: "no line feed at the end") }
        var current = ""
        var helped: Set<String> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            if line.hasPrefix("# HELP ") {
                current = String(words[2])
                guard words.count == 4, helped.insert(current).inserted else {
                    throw Fault(description: "no help, or a second one: \(line)")
                }
            } else if line.hasPrefix("# TYPE ") {
                guard words.count == 4, words[2] == current, types[current] == nil,
                    ["counter", "gauge", "histogram"].contains(words[3])
                else { throw Fault(description: "a type in the wrong place: \(line)") }
                types[current] = String(words[3])
            } else {
                try add(Sample(line), of: current)
            }
        }
        for (name, type) in types where type == "histogram" { try checkHistogram(name) }
    }

    /// The value of the one sample with this name and these labels.
    public func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private mutating func add(_ sample: Sample, of family: String) throws {
        let suffixes = types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { family + $0 == sample.name }) else {
            throw Fault(description: "\(sample.name) stands among the samples of \(family)")
        }
        guard !samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels })
        else { throw Fault(description: "\(sample) stands there twice") }
        if types[family] == "counter" {
            guard family.hasSuffix("_total"), sample.value >= 0 else {
                throw Fault(description: "\(sample) is no counter")
            }
        }
        samples.append(sample)
    }

    private func checkHistogram(_ name: String) throws {
        let buckets = samples.filter { $0.name == name + "_bucket" }
        var series: [[String: String]: [(bound: Double, count: Double)]] = [:]
        for bucket in buckets {
            var labels = bucket.labels
            guard let bound = labels.removeValue(forKey: "le").flatMap(Sample.number) else {
                throw Fault(description: "\(bucket) has no bound")
            }
            series[labels, default: []].append((bound, bucket.value))
        }
        for (labels, buckets) in series {
            let isRising = zip(buckets, buckets.dropFirst())
                .allSatisfy { $0.bound < $1.bound && $0.count <= $1.count }
            guard isRising, let last = buckets.last, last.bound == .infinity,
                value(name + "_count", labels) == last.count, value(name + "_sum", labels) != nil
            else { throw Fault(description: "the buckets of \(name) \(labels) do not fit") }
        }
    }
}

extension PrometheusText.Sample {
    fileprivate init(_ line: Substring) throws {
        let fault = PrometheusText.Fault(description: "cannot be read: \(line)")
        var rest = line
        name = String(rest.prefix { $0 != "{" && $0 != " " })
        guard name.utf8.allSatisfy(Self.isNameByte), name.first?.isNumber == false else {
            throw fault
        }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            repeat {
                rest = rest.dropFirst()
                let label = rest.prefix { $0 != "=" }
                rest = rest.dropFirst(label.count + 1)
                guard !label.isEmpty, label.utf8.allSatisfy(Self.isNameByte), rest.first == "\"",
                    let value = Self.quoted(&rest),
                    labels.updateValue(value, forKey: String(label)) == nil
                else { throw fault }
            } while rest.first == ","
            guard rest.first == "}" else { throw fault }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", let value = Self.number(String(rest.dropFirst())) else {
            throw fault
        }
        self.labels = labels
        self.value = value
    }

    fileprivate static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.contains("n") ? nil : Double(text)
        }
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            switch character {
            case "\"": return value
            case "\\":
                switch rest.popFirst() {
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                case "n": value.append("\n")
                default: return nil
                }
            default: value.append(character)
            }
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        let character = Character(UnicodeScalar(byte))
        return character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }
}
