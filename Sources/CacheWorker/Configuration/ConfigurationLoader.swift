import CacheDomain

/// Lays one source of values over the other and collects what is wrong with them.
struct ConfigurationLoader {
    private static let maxSecretBytes = 64 << 10
    private static let maxFileBytes = 1 << 20

    private let system: HostSystem
    private var configuration: Configuration
    private var origins: [String: SettingOrigin] = [:]
    private var faults: [ConfigurationError.Fault] = []

    init(_ system: HostSystem) {
        self.system = system
        configuration = .defaults(on: system)
    }

    /// The value of a variable; an empty one counts as unset.
    func variable(_ name: String) -> String? {
        system.environment(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Takes the values of a configuration file.
    mutating func readFile(_ path: String) {
        do {
            let bytes = try system.readFile(path, Self.maxFileBytes)
            let file = try ConfigurationFile.read(bytes, path: path, zones: SystemZones(system))
            faults += file.faults
            assign(file.values)
            configuration.schedule = file.schedule
        } catch let fault as FileFault {
            faults.append(.init(isUsage: false, description: "\(path) \(fault)"))
        } catch {
            faults.append(.init(isUsage: false, description: "\(error)"))
        }
    }

    /// Takes the values of all variables of the table.
    mutating func readEnvironment() {
        assign(
            Setting.all.flatMap { setting in
                setting.environmentNames.compactMap { name, form in
                    variable(name)
                        .map { SettingValue(setting, form, $0, .environment(name)) }
                }
            }
        )
    }

    /// Takes the values of flags; the parser of the command line lets no unknown one pass.
    mutating func read(_ flags: [SettingArguments.Flag]) {
        assign(
            flags.flatMap { flag in
                Setting.all.flatMap { setting in
                    setting.flagNames.filter { $0.name == flag.name }
                        .map { SettingValue(setting, $0.form, flag.text, .flag(flag.name)) }
                }
            }
        )
    }

    /// The whole, once its parts fit together.
    consuming func finish() throws(ConfigurationError) -> Configuration {
        checkCoherence()
        checkWatchedPrefixes()
        guard faults.isEmpty else { throw ConfigurationError(faults: faults) }
        return configuration
    }

    /// Takes the values of one source: a secret stands there once, itself or as a file.
    private mutating func assign(_ values: [SettingValue]) {
        var seen: [String: SettingOrigin] = [:]
        for value in values {
            if let other = seen.updateValue(value.origin, forKey: value.setting.path) {
                faults.append(.init(value.origin, "stands beside \(other); keep one of them"))
                continue
            }
            guard let text = text(of: value) else { continue }
            assign(text, of: value)
        }
    }

    private mutating func text(of value: SettingValue) -> String? {
        guard value.form == .file else { return value.text }
        do {
            let bytes = try system.readFile(value.text, Self.maxSecretBytes)
            let text = String(decoding: bytes, as: UTF8.self)
            // Editors and `echo` end a file with a line break that is no part of the secret.
            let secret = text.last?.isNewline == true ? String(text.dropLast()) : text
            guard secret.isEmpty else { return secret }
            faults.append(.init(value.origin, "names \(value.text), which is empty"))
        } catch {
            faults.append(.init(value.origin, "names \(value.text), which \(error)"))
        }
        return nil
    }

    private mutating func assign(_ text: String, of value: SettingValue) {
        let setting = value.setting
        do {
            try setting.assign(text, &configuration)
            origins[setting.path] = value.origin
        } catch {
            let shown = setting.confidentiality == .open ? text : nil
            faults.append(.init(value.origin, error.predicate(of: shown)))
        }
    }

    private mutating func checkWatchedPrefixes() {
        let head = "{\(configuration.controlPrefix)}:"
        guard configuration.watchedPrefixes.overlap(head) else { return }
        let path = "cache.watched_prefixes"
        faults.append(
            .init(
                origins[path] ?? .builtIn(path),
                "does not fit: keys that begin with \(head) are the service's own"
            )
        )
    }

    private mutating func checkCoherence() {
        let (lease, heartbeat) = (configuration.coherenceLease, configuration.coherenceHeartbeat)
        guard lease <= heartbeat else { return }
        let names = ["coherence.lease", "coherence.heartbeat"]
        let origin = names.compactMap { origins[$0] }.first ?? .builtIn(names[0])
        faults.append(
            .init(
                origin,
                "does not fit: the lease (\(DurationText.text(lease))) must be longer than "
                    + "the heartbeat (\(DurationText.text(heartbeat)))"
            )
        )
    }
}
