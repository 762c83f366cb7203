import Codecs
import Foundation
import Synchronization

/// The time zone database of this machine, each file read once.
enum SystemZones {
    static let folder = URL(fileURLWithPath: "/usr/share/zoneinfo")

    /// The names of all zones, in their order; of several with the same rules the first.
    static let names: [String] = {
        var seen: Set<Data> = []
        let paths =
            FileManager.default.enumerator(atPath: folder.path)?
            .compactMap { $0 as? String } ?? []
        return paths.sorted()
            .filter { path in
                // The same again, and what counts leap seconds.
                guard !path.hasPrefix("posix"), !path.hasPrefix("right/"),
                    let data = try? Data(contentsOf: folder.appendingPathComponent(path)),
                    data.starts(with: Data("TZif".utf8))
                else { return false }
                return seen.insert(data).inserted
            }
    }()

    private static let known = Mutex<[String: ZoneRules]>([:])

    static func zone(_ name: String) throws -> ZoneRules {
        if let zone = known.withLock({ $0[name] }) { return zone }
        let data = try Data(contentsOf: folder.appendingPathComponent(name))
        let zone = try ZoneRules(tzif: Array(data))
        known.withLock { $0[name] = zone }
        return zone
    }
}
