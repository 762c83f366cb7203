/// A type with a value that says there is nothing: an optional one.
protocol AbsenceExpressing {
    static var absence: Self { get }
    var isAbsence: Bool { get }
}

extension Optional: AbsenceExpressing {
    static var absence: Self { nil }
    var isAbsence: Bool { self == nil }
}

/// What a type that may be optional has for nothing.
enum Absence {
    /// Nil as a value of the type; nil where it has none.
    static func value<Value>(of type: Value.Type) -> Value? {
        (type as? any AbsenceExpressing.Type)?.absence as? Value
    }

    /// Whether the value says that there is nothing.
    static func isIn<Value>(_ value: Value) -> Bool {
        guard let type = Value.self as? any AbsenceExpressing.Type else { return false }
        return isIn(value, type)
    }

    private static func isIn<Value: AbsenceExpressing>(_ value: Any, _: Value.Type) -> Bool {
        (value as? Value)?.isAbsence == true
    }
}
