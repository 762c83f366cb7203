import Codecs
import Jobs

extension DeadLetterDesk {
    /// Prints the letters that pass, the oldest of each store first.
    func list(
        _ filter: DeadLetterFilter,
        limit: Int
    ) async throws(DeadLetterError) -> ExitStatus {
        let table = DeadLetterTable(now: now)
        var output = JSONArrayOutput()
        var count = 0
        if !isJSON { print(DeadLetterTable.head) }
        for store in stores where count < limit {
            // Without a filter no letter is taken that will not be in the list.
            let rest = limit - count
            let range =
                filter.isEmpty ? DeadLetterRange(.all, window: rest) : DeadLetterRange(.all)
            try await store.read(range) { session throws(DeadLetterError) in
                while count < limit {
                    let page = try await session.nextPage()
                    if page.isEmpty { break }
                    for letter in page where count < limit && filter.matches(letter, at: now) {
                        count += 1
                        if isJSON {
                            output.append(letter.json(at: now, isWhole: false))
                        } else {
                            for line in table.lines(of: letter) { print(line) }
                        }
                    }
                }
                if count < limit, !session.isComplete { tellIncomplete(store) }
            }
        }
        if isJSON { output.end() }
        if count >= limit { tell("the list ends at \(limit) letters; --limit makes it longer") }
        return .ok
    }

    /// Prints one letter.
    func show(_ id: String, isRaw: Bool) async throws(DeadLetterError) -> ExitStatus {
        var isShown = false
        let missing = try await forEachPage(of: .named([id])) {
            (_, letters) throws(DeadLetterError) in
            // Letters of the same id hold the same.
            guard let letter = letters.first, !isShown else { return }
            isShown = true
            if isRaw {
                HostSystem.writeToStandardOutput(Array(letter.delivery.body))
            } else if isJSON {
                print(String(decoding: letter.json(at: now, isWhole: true), as: UTF8.self))
            } else {
                for line in DeadLetterTable(now: now).sheet(of: letter) { print(line) }
            }
        }
        return missing.isEmpty ? .ok : .badInput
    }
}
