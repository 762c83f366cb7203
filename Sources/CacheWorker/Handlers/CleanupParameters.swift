import Codecs
import Jobs

/// The parameters of a cleanup event, taken out one by one; what nobody takes is a mistake.
struct CleanupParameters {
    private let document: JSONDocument
    private var known: [String] = []

    /// The members of the event's `data`.
    init(_ cleanup: Cleanup) throws(JobError) {
        var reader = JSONReader()
        do throws(JSONError) {
            document = try reader.read(cleanup.parameters)
        } catch {
            throw .badParameter("$.data", "is no JSON: \(error.message)")
        }
    }

    /// A number of seconds, to the millisecond; nil when there is none.
    mutating func duration(
        _ name: String,
        in seconds: ClosedRange<Int>
    ) throws(JobError) -> Duration? {
        guard let member = take(name) else { return nil }
        guard let number = document.number(member),
            number >= Double(seconds.lowerBound), number <= Double(seconds.upperBound)
        else {
            throw .badParameter(
                "$.data.\(name)",
                "must be a number of seconds from \(seconds.lowerBound) to \(seconds.upperBound)"
            )
        }
        return .milliseconds(Int64(number * 1_000))
    }

    /// A whole number; nil when there is none.
    mutating func count(_ name: String, in range: ClosedRange<Int>) throws(JobError) -> Int? {
        guard let member = take(name) else { return nil }
        guard let number = document.number(member).flatMap(Int.init(exactly:)),
            range.contains(number)
        else {
            throw .badParameter(
                "$.data.\(name)",
                "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// A text that is not empty; nil when there is none.
    mutating func text(_ name: String) throws(JobError) -> String? {
        guard let member = take(name) else { return nil }
        guard let text = document.string(member), !text.isEmpty else {
            throw .badParameter("$.data.\(name)", "must be a text that is not empty")
        }
        return text
    }

    /// Refuses what the task does not take.
    func finish(_ task: CleanupTask.Name) throws(JobError) {
        for (key, _) in document.members(of: document.root) {
            let member = document.string(key) ?? ""
            guard member == "task" || known.contains(member) else {
                let names = known.isEmpty ? "none" : known.joined(separator: ", ")
                throw .badParameter(
                    "$.data.\(member)",
                    "is no parameter of \(task); it takes \(names)"
                )
            }
        }
    }

    private mutating func take(_ name: String) -> JSONNode? {
        known.append(name)
        return document.member(name, of: document.root)
    }
}

extension JobError {
    fileprivate static func badParameter(_ path: String, _ rule: String) -> JobError {
        JobError(
            reason: EventError.Reason.schema.rawValue,
            "\(path) \(rule)",
            remedy: .none
        )
    }
}
