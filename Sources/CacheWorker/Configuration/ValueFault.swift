/// Why a text is no value of a setting.
enum ValueFault: Error {
    /// It is none of the values that are possible: "a duration such as 25s".
    case mustBe(String)
    /// It looks right, and a part of it cannot be used: what and what to do.
    case unusable(String)
}

extension ValueFault {
    /// What follows the name of the setting, with the value unless that must not be told.
    func predicate(of text: String?) -> String {
        switch self {
        case .mustBe(let wanted): "must be \(wanted)" + (text.map { ", not \"\($0)\"" } ?? "")
        case .unusable(let reason): "cannot be used: \(reason)"
        }
    }
}
