import Codecs
import Glibc
import Jobs

/// Why there is no definition, and where it should have been.
struct EntrySourceError: Error {
    let message: String
}

extension EntrySource {
    private static let maxBytes = 1 << 20

    /// The definition that stands there.
    func entry(_ zones: some ZoneSource) async throws(EntrySourceError) -> ScheduleEntry {
        let (json, place) = try await text()
        do throws(ScheduleEntryError) {
            return try ScheduleEntry(json: json, zones: zones)
        } catch {
            throw EntrySourceError(message: "\(place): \(error)")
        }
    }

    private func text() async throws(EntrySourceError) -> (json: [UInt8], place: String) {
        switch self {
        case .json(let text): return (Array(text.utf8), "the definition")
        case .members(let members): return (try Self.object(members), "the definition")
        case .file(let path):
            do throws(FileFault) {
                return (try HostSystem.current.readFile(path, Self.maxBytes), path)
            } catch {
                throw EntrySourceError(message: "\(path) \(error)")
            }
        case .standardInput:
            var json: [UInt8] = []
            let input = LineInput(descriptor: STDIN_FILENO, maxLineBytes: Self.maxBytes + 1)
            for await line in input where json.count <= Self.maxBytes {
                json += line.bytes + [UInt8(ascii: "\n")]
            }
            guard json.count <= Self.maxBytes + 1 else {
                let message = "standard input is larger than \(Self.maxBytes) bytes"
                throw EntrySourceError(message: message)
            }
            return (json, "standard input")
        }
    }

    /// One object of all members, each of which is JSON by itself.
    private static func object(_ members: [EntryMember]) throws(EntrySourceError) -> [UInt8] {
        var object = Array("{".utf8)
        for member in members {
            var reader = JSONReader()
            do throws(JSONError) {
                _ = try reader.read(Array(member.json.utf8))
            } catch {
                throw EntrySourceError(message: "\(member.option) is no JSON: \(error)")
            }
            object.appendMember(member.name, literal: member.json)
        }
        return object + Array("}".utf8)
    }
}
