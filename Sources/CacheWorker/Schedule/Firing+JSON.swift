import Codecs
import Jobs
import Telemetry

extension ScheduleForecast.Firing {
    /// The firing as a JSON object, in one line.
    var json: [UInt8] {
        var json = Array("{".utf8)
        json.appendMember("name", entry.name)
        json.appendMember("instant", instant.secondsText)
        json.appendMember("timeZone", entry.timing.zoneName)
        if entry.timing.zoneName != nil {
            let zone = entry.timing.table.zone
            let offset = zone.offset(at: Int(instant.milliseconds).floored(by: 1_000))
            json.appendMember("local", instant.localText(offset: offset))
        }
        json.appendMember("clocks", note?.word)
        json.appendMember("warning", note?.text)
        json.append(UInt8(ascii: "}"))
        return json
    }
}
