import Codecs
import Jobs
import Synchronization

/// The time zone database of the machine: a file for each zone, read when it is first named.
final class SystemZones: ZoneSource {
    /// Where systems keep it, unless `TZDIR` says otherwise.
    static let usualFolder = "/usr/share/zoneinfo"
    /// The database in one text, with a line for each name.
    private static let list = "tzdata.zi"
    private static let maxFileBytes = 1 << 20
    private static let maxShownCharacters = 64

    private let folder: String
    private let readFile: @Sendable (String, Int) throws(FileFault) -> [UInt8]
    private let known = Mutex<[String: ZoneRules]>([:])

    /// The database of a system.
    init(_ system: HostSystem = .current) {
        folder = system.environment("TZDIR").flatMap { $0.isEmpty ? nil : $0 } ?? Self.usualFolder
        readFile = system.readFile
    }

    func zone(named name: String) throws(ZoneError) -> ZoneRules {
        if name == ScheduleTiming.usualZone { return .utc }
        if let zone = known.withLock({ $0[name] }) { return zone }
        guard Self.isName(name), let bytes = file(name) else { throw unknown(name) }
        do throws(TZifError) {
            let zone = try ZoneRules(tzif: bytes)
            known.withLock { $0[name] = zone }
            return zone
        } catch {
            // Other files lie beside the zones.
            guard bytes.starts(with: "TZif".utf8) else { throw unknown(name) }
            throw ZoneError(name, "\(folder)/\(name) cannot be read: \(error)")
        }
    }

    private func file(_ name: String) -> [UInt8]? {
        do throws(FileFault) {
            return try readFile("\(folder)/\(name)", Self.maxFileBytes)
        } catch {
            return nil
        }
    }

    /// Nothing that leads out of the folder.
    private static func isName(_ text: String) -> Bool {
        text.split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { part in
                part.first?.isLetter == true
                    && part.utf8.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x5F: true
                        default: false
                        }
                    }
            }
    }

    private func unknown(_ name: String) -> ZoneError {
        let names = self.names()
        let shown = name.prefix(Self.maxShownCharacters)
        guard !names.isEmpty else {
            return ZoneError(
                name,
                "there is no time zone \"\(shown)\" in \(folder): install the package "
                    + "tzdata, or write UTC"
            )
        }
        let hint = suggestion(for: name, among: names).map { "did you mean \($0)?" }
        let rule = "write an IANA name such as Europe/Berlin, or UTC"
        return ZoneError(name, "there is no time zone \"\(shown)\"; \(hint ?? rule)")
    }

    /// The name of the same place, else the one that is written nearly so.
    private func suggestion(for name: String, among names: [String]) -> String? {
        let place = "/" + name.lowercased()
        return names.first { ("/" + $0.lowercased()).hasSuffix(place) }
            ?? Suggestion.of(name, among: names)
    }

    private func names() -> [String] {
        let text = String(decoding: file(Self.list) ?? [], as: UTF8.self)
        return text.split(separator: "\n")
            .compactMap { line in
                let words = line.split(separator: " ")
                return switch words.first {
                case "Z" where words.count > 1: String(words[1])
                case "L" where words.count > 2: String(words[2])
                default: nil
                }
            }
    }
}
