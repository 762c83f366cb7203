/// A text for a setting, and where it was written.
struct SettingValue: Sendable {
    /// What the text is.
    enum Form: Sendable, Equatable {
        /// The value.
        case value
        /// The name of a file that holds the value.
        case file
    }

    let setting: Setting
    let form: Form
    let text: String
    let origin: SettingOrigin

    init(_ setting: Setting, _ form: Form, _ text: String, _ origin: SettingOrigin) {
        self.setting = setting
        self.form = form
        self.text = text
        self.origin = origin
    }
}

extension Setting {
    /// A name under which a source may hold a setting, and what it holds there.
    typealias Name = (name: String, form: SettingValue.Form)

    /// `REDIS_PASSWORD` and `REDIS_PASSWORD_FILE`; the second for secrets only.
    var environmentNames: [Name] { names(variable, file: variable + "_FILE") }

    /// `redis.password` and `redis.password_file`.
    var fileNames: [Name] { names(path, file: path + "_file") }

    /// `--redis-url`; for a secret nothing but `--redis-password-file`.
    var flagNames: [Name] { names(flag, file: flag + "-file").suffix(1) }

    private func names(_ name: String, file: String) -> [Name] {
        [(name, .value)] + (confidentiality == .secret ? [(file, .file)] : [])
    }
}
