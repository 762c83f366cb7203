import Jobs

/// Where dead letters are seen to by hand: the stores in question and how results are told.
struct DeadLetterDesk {
    let stores: [any DeadLetterStore]
    let limits: EventLimits
    /// The moment that ages are counted to.
    let now: WallTime
    let isJSON: Bool

    /// Takes the letters of a selection page by page, store by store.
    ///
    /// - Returns: The ids that were asked for and not found.
    func forEachPage(
        of selection: DeadLetterSelection,
        pageSize: Int = 32,
        _ body: (any DeadLetterSession, [DeadLetter]) async throws(DeadLetterError) -> Void
    ) async throws(DeadLetterError) -> [String] {
        var missing: [String] = []
        if case .named(let ids) = selection { missing = ids }
        for store in stores {
            var extent = DeadLetterRange.Extent.all
            if case .named = selection {
                let ids = missing.filter(store.mayOwn)
                if ids.isEmpty { continue }
                extent = .named(ids)
            }
            let range = DeadLetterRange(extent, pageSize: pageSize)
            try await store.read(range) { session throws(DeadLetterError) in
                while true {
                    let page = try await session.nextPage()
                    if page.isEmpty { break }
                    let meant = page.filter { isMeant($0, selection) }
                    missing.removeAll { id in meant.contains { $0.id == id } }
                    if !meant.isEmpty { try await body(session, meant) }
                }
                if !session.isComplete { tellIncomplete(store) }
            }
        }
        for id in missing { tell("there is no dead letter \(id)") }
        return missing
    }

    private func isMeant(_ letter: DeadLetter, _ selection: DeadLetterSelection) -> Bool {
        switch selection {
        case .named(let ids): ids.contains(letter.id)
        case .matching(let filter): filter.matches(letter, at: now)
        }
    }

    /// Says something that is no data.
    func tell(_ text: String) { HostSystem.writeToStandardError("cacheworker: \(text)\n") }

    /// Says that letters were left unseen.
    func tellIncomplete(_ store: any DeadLetterStore) {
        tell(
            "some letters of \(store.transport.rawValue) were not seen: another reader has them, "
                + "or they are more than can be held at once"
        )
    }
}
