/// A JSON array on standard output, an element a line, written as the elements come.
struct JSONArrayOutput {
    private var isEmpty = true

    /// Writes one more element.
    mutating func append(_ json: [UInt8]) {
        HostSystem.writeToStandardOutput(Array((isEmpty ? "[\n" : ",\n").utf8) + json)
        isEmpty = false
    }

    /// Writes what is missing.
    func end() {
        HostSystem.writeToStandardOutput(Array((isEmpty ? "[]\n" : "\n]\n").utf8))
    }
}
