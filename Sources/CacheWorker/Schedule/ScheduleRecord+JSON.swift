import Codecs
import Jobs
import Telemetry

extension ScheduleRecord {
    /// Why it fires, or does not.
    enum State: String {
        /// It fires.
        case active
        /// Somebody has paused it.
        case paused
        /// Its definition says that it does not fire.
        case disabled
        /// No instant is left.
        case ended
    }

    var state: State {
        if pause != nil { return .paused }
        if !entry.isEnabled { return .disabled }
        return next == nil ? .ended : .active
    }

    /// The record as a JSON object, in one line; `change` is what was done to it.
    func json(change: ScheduleChange? = nil) -> [UInt8] {
        var json = Array("{".utf8)
        json.appendMember("name", entry.name)
        json.appendMember("change", change?.word)
        json.appendMember("state", state.rawValue)
        json.appendMember("origin", origin.rawValue)
        json.appendMember("next", next?.secondsText)
        if let pause {
            var object = Array("{".utf8)
            object.appendMember("by", pause.by)
            object.appendMember("reason", pause.reason)
            object.appendMember("since", pause.since.text)
            json.appendMember("paused", literal: String(decoding: object, as: UTF8.self) + "}")
        }
        json.appendMember("seenUntil", place.text)
        let members = [
            "enqueued": counts.enqueued, "caughtUp": counts.caughtUp, "missed": counts.missed,
            "skipped": counts.skipped,
        ]
        for (name, count) in members.sorted(by: { $0.key < $1.key }) {
            json.appendMember(name, literal: "\(count)")
        }
        json.append(contentsOf: ",\"underWay\":".utf8)
        json.appendJSONArray(underWay.map(\.text))
        json.appendMember("waiting", literal: "\(waitingCount)")
        json.appendMember("entry", literal: String(decoding: entry.json, as: UTF8.self))
        json.append(UInt8(ascii: "}"))
        return json
    }
}

extension ScheduleChange {
    /// In a word.
    var word: String {
        switch self {
        case .created: "created"
        case .changed: "changed"
        case .unchanged: "unchanged"
        }
    }
}
