import Codecs
import Jobs
import Telemetry

extension ScheduleRun {
    /// The run of an entry as a JSON object, in one line.
    func json(of entry: String) -> [UInt8] {
        var json = Array("{".utf8)
        json.appendMember("name", entry)
        json.appendMember("instant", instant.text)
        json.appendMember("firedAt", firedAt.text)
        json.appendMember("delayMilliseconds", literal: "\(Int64(delay / .milliseconds(1)))")
        json.appendMember("cause", cause.rawValue)
        json.appendMember("outcome", word)
        json.appendMember("settledAt", settledAt?.text)
        json.appendMember("eventId", FiringIdentity(entry: entry, instant: instant).eventID)
        json.append(UInt8(ascii: "}"))
        return json
    }

    /// When its event was settled, or its last attempt.
    var settledAt: WallTime? {
        if case .settled(_, let moment) = state { moment } else { nil }
    }
}
