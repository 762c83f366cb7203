import Codecs
import Foundation
import Synchronization

/// The time zone database of this machine, each file read once.
enum SystemZones {
    private static let known = Mutex<[String: ZoneRules]>([:])

    static func zone(_ name: String) throws -> ZoneRules {
        if let zone = known.withLock({ $0[name] }) { return zone }
        let data = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/" + name))
        let zone = try ZoneRules(tzif: Array(data))
        known.withLock { $0[name] = zone }
        return zone
    }
}
