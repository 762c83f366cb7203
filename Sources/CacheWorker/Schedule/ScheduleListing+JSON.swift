import Codecs
import Jobs

extension ScheduleListing {
    /// What stands for the state of an entry that cannot be read.
    static let unreadableState = "unreadable"

    /// The entry as a JSON object, in one line; why it cannot be read, where that is so.
    var json: [UInt8] {
        switch self {
        case .readable(let record): return record.json()
        case .unreadable(let name, let error):
            var json = Array("{".utf8)
            json.appendMember("name", name)
            json.appendMember("state", Self.unreadableState)
            json.appendMember("error", error.message)
            return json + Array("}".utf8)
        }
    }
}
