import CacheDomain
import Testing

@Suite struct LocalTierTests {
    private let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 10_000))
    private let now = ContinuousClock.now

    private func entry(
        _ text: String,
        tags: [String] = [],
        sequence: UInt64 = 0
    ) -> LocalEntry {
        LocalEntry(
            bytes: Array(text.utf8),
            expiry: now + .seconds(60),
            tags: tags,
            sequence: sequence
        )
    }

    private func position(_ sequence: UInt64, epoch: String = "a") -> LogPosition {
        LogPosition(epoch: epoch, sequence: sequence)
    }

    private func fill(_ keys: String..., tags: [String] = []) {
        for key in keys {
            let token = tier.fillToken(forKey: key)
            #expect(tier.install(entry(key, tags: tags), forKey: key, ifUnchangedSince: token))
        }
    }

    /// What an own write of the key is answered with.
    private func write(
        _ key: String,
        _ text: String,
        at position: LogPosition,
        since token: LocalTier.WriteToken? = nil
    ) {
        let entry = LocalEntry(
            bytes: Array(text.utf8),
            expiry: now + .seconds(60),
            sequence: position.sequence,
            asOf: position
        )
        tier.acknowledge(
            Announcement(keys: [key]),
            at: position,
            keeping: [(key, entry)],
            since: token ?? tier.writeToken()
        )
    }

    /// What a read of `k` is answered with.
    private func answer(
        _ text: String,
        at position: LogPosition?,
        _ token: LocalTier.FillToken
    ) -> Bool {
        let entry = LocalEntry(
            bytes: Array(text.utf8),
            expiry: now + .seconds(60),
            asOf: position
        )
        return tier.install(entry, forKey: "k", ifUnchangedSince: token)
    }

    private func text(_ key: String) -> String? {
        tier.entry(forKey: key, at: now).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    private func holds(_ key: String) -> Bool { tier.entry(forKey: key, at: now) != nil }

    // MARK: Filling

    @Test func `a value that was overtaken by a message on its way is not kept`() {
        let token = tier.fillToken(forKey: "k")
        tier.apply(Announcement(keys: ["k"]), at: position(1))
        #expect(!tier.install(entry("old"), forKey: "k", ifUnchangedSince: token))
        #expect(!holds("k"))
    }

    @Test(arguments: [
        Announcement(tags: ["t"]), Announcement(patterns: ["x*"]), Announcement(namespaces: ["n"]),
        Announcement(everything: true),
    ])
    func `nor is one that was overtaken by a message that names no keys`(
        announcement: Announcement
    ) {
        let token = tier.fillToken(forKey: "k")
        tier.apply(announcement, at: position(1))
        #expect(!tier.install(entry("old"), forKey: "k", ifUnchangedSince: token))
    }

    @Test func `a value that nothing overtook is kept, whatever happened before or elsewhere`() {
        tier.apply(Announcement(keys: ["k"]), at: position(1))
        // Some other key may share the stripe of this one; most do not.
        let kept = (0..<50)
            .count { number in
                let token = tier.fillToken(forKey: "k")
                tier.apply(Announcement(keys: ["other\(number)"]), at: position(2))
                return tier.install(entry("new"), forKey: "k", ifUnchangedSince: token)
            }
        #expect(kept > 40)
        #expect(holds("k"))
    }

    @Test func `forgetting everything makes every token worthless`() {
        let token = tier.fillToken(forKey: "k")
        tier.distrustAll()
        #expect(!tier.install(entry("old"), forKey: "k", ifUnchangedSince: token))
    }

    @Test func `what is not trusted is kept, until it is read anew or a message names it`() {
        for key in ["a", "b", "c"] { write(key, "mine", at: position(90)) }
        tier.distrustAll()
        #expect(tier.count == 3)
        #expect(tier.held(forKey: "a", at: now)?.isTrusted == false)
        #expect(tier.entry(forKey: "a", at: now) == nil)
        fill("a")
        #expect(holds("a"))
        // The log counts from 1 again: what is older cannot be told by its number.
        #expect(tier.apply(Announcement(keys: ["b"]), at: position(1, epoch: "b")) == 1)
        tier.discard("c", asOf: nil, ifUnchangedSince: tier.fillToken(forKey: "c"))
        #expect(tier.held(forKey: "c", at: now) == nil)
    }

    // MARK: Reading twice

    @Test func `an older answer that comes late does not replace a newer one`() {
        let (first, second) = (tier.fillToken(forKey: "k"), tier.fillToken(forKey: "k"))
        #expect(answer("new", at: position(6), second))
        #expect(!answer("old", at: position(5), first))
        #expect(text("k") != "old")
    }

    @Test func `nor does one that was asked for later, but is older by the log`() {
        let (first, second) = (tier.fillToken(forKey: "k"), tier.fillToken(forKey: "k"))
        #expect(answer("new", at: position(6), first))
        #expect(!answer("old", at: position(5), second))
        #expect(text("k") != "old")
    }

    @Test func `where the log is elsewhere, who was asked last counts`() {
        let (first, second) = (tier.fillToken(forKey: "k"), tier.fillToken(forKey: "k"))
        #expect(answer("new", at: nil, second))
        #expect(!answer("old", at: nil, first))
        #expect(text("k") != "old")
    }

    @Test func `answers that agree leave the copy, however many and in whatever order`() {
        let tokens = (0..<9).map { _ in tier.fillToken(forKey: "k") }
        for token in tokens.reversed() { _ = answer("same", at: position(6), token) }
        #expect(text("k") == "same")
    }

    @Test func `who has seen that there is none is not served an older value next`() {
        let (first, second) = (tier.fillToken(forKey: "k"), tier.fillToken(forKey: "k"))
        tier.discard("k", asOf: position(6), ifUnchangedSince: second)
        #expect(!answer("old", at: position(5), first))
        #expect(!holds("k"))
    }

    @Test func `what was seen and may not be kept takes the older copy with it`() {
        for isThere in [true, false] {
            #expect(answer("old", at: position(5), tier.fillToken(forKey: "k")))
            let token = tier.fillToken(forKey: "k")
            tier.apply(Announcement(tags: ["other"]), at: position(6))
            #expect(holds("k"))
            if isThere {
                #expect(!answer("new", at: position(7), token))
            } else {
                tier.discard("k", asOf: position(7), ifUnchangedSince: token)
            }
            #expect(!holds("k"))
            tier.distrustAll()
        }
    }

    @Test func `after a new beginning lower numbers are no older answers`() {
        #expect(answer("old", at: position(90), tier.fillToken(forKey: "k")))
        tier.forgetAhead(of: position(3))
        #expect(answer("new", at: position(4), tier.fillToken(forKey: "k")))
        tier.distrustAll()
        #expect(answer("newer", at: position(2), tier.fillToken(forKey: "k")))
    }

    // MARK: Forgetting

    @Test func `a message drops the keys it names and counts them`() {
        fill("a", "b", "c")
        #expect(tier.apply(Announcement(keys: ["a", "c", "x", "a"]), at: position(1)) == 2)
        #expect(!holds("a") && holds("b") && !holds("c"))
        tier.apply(Announcement(everything: true), at: position(2))
        #expect(tier.droppedCount == 3 && tier.byteCount == 0)
    }

    @Test func `a message drops what has its tags`() {
        fill("a", "b", tags: ["one", "two"])
        fill("c", tags: ["three"])
        fill("d")
        #expect(tier.apply(Announcement(tags: ["two", "four"]), at: position(1)) == 2)
        #expect(!holds("a") && !holds("b") && holds("c") && holds("d"))
    }

    @Test func `a message drops what its patterns match`() {
        fill("app:list:1", "app:list:2", "app:item:1")
        #expect(tier.apply(Announcement(patterns: ["app:l?st:*"]), at: position(1)) == 2)
        #expect(holds("app:item:1"))
    }

    @Test func `a message drops its namespaces, to the colon and byte by byte`() {
        fill("app:1", "app:", "app", "apple:1", "caf\u{E9}:1", "cafe\u{301}:1", "a*:1")
        let announcement = Announcement(namespaces: ["app", "caf\u{E9}", "a*"])
        #expect(tier.apply(announcement, at: position(1)) == 4)
        #expect(holds("app") && holds("apple:1") && holds("cafe\u{301}:1"))
    }

    @Test func `a message about everything leaves nothing`() {
        fill("a", "b")
        #expect(tier.apply(Announcement(everything: true), at: position(1)) == 2)
        #expect(tier.count == 0)
    }

    @Test func `an expired entry is absent, and can be cleared away`() {
        fill("a", "b")
        #expect(tier.entry(forKey: "a", at: now + .seconds(60)) == nil)
        #expect(tier.removeExpired(at: now + .seconds(59)) == 0)
        #expect(tier.removeExpired(at: now + .seconds(60)) == 1)
        #expect(tier.count == 0)
    }

    // MARK: A log that may have lost its end

    @Test func `what came about after a position is forgotten, and what may have`() {
        for (key, asOf) in [
            ("before", position(4)), ("at", position(5)), ("after", position(6)),
            ("elsewhere", LogPosition(epoch: "other", sequence: 1)), ("unknown", nil),
        ] {
            let entry = LocalEntry(bytes: [1], expiry: now + .seconds(60), asOf: asOf)
            tier.install(entry, forKey: key, ifUnchangedSince: tier.fillToken(forKey: key))
        }
        #expect(tier.forgetAhead(of: position(5)) == 3)
        #expect(holds("before") && holds("at"))
    }

    @Test func `what is on its way in when the log may have lost its end is refused`() {
        let (fill, token) = (tier.fillToken(forKey: "k"), tier.writeToken())
        tier.forgetAhead(of: position(5))
        #expect(!tier.install(entry("read"), forKey: "k", ifUnchangedSince: fill))
        write("k", "mine", at: position(6), since: token)
        #expect(!holds("k"))
    }

    @Test func `an answer that may be of another server is kept, and not trusted`() {
        fill("before")
        tier.doubtAnswers()
        fill("doubtful")
        write("own", "mine", at: position(1), since: tier.writeToken())
        let (late, token) = (tier.fillToken(forKey: "late"), tier.writeToken())
        tier.trustAnswers()
        #expect(!tier.install(entry("late"), forKey: "late", ifUnchangedSince: late))
        write("late", "mine", at: position(2), since: token)
        fill("after")
        #expect(holds("before") && holds("after") && !holds("late"))
        for key in ["doubtful", "own"] {
            #expect(tier.held(forKey: key, at: now)?.isTrusted == false)
        }
    }

    // MARK: Own writes

    @Test func `the message of an own write does not drop what it wrote, a later one does`() {
        let token = tier.writeToken()
        tier.apply(Announcement(keys: ["other"]), at: position(4))
        write("k", "mine", at: position(5), since: token)
        tier.apply(Announcement(keys: ["k"]), at: position(5))
        #expect(holds("k"))
        tier.apply(Announcement(keys: ["k"]), at: position(6))
        #expect(!holds("k"))
        write("k", "mine", at: position(5), since: token)
        #expect(!holds("k"))
    }

    @Test(arguments: [
        Announcement(tags: ["t"]), Announcement(patterns: ["x*"]), Announcement(everything: true),
    ])
    func `an own write that a later message may have covered is not kept`(
        announcement: Announcement
    ) {
        tier.apply(announcement, at: position(6))
        write("k", "early", at: position(5))
        #expect(!holds("k"))
        write("k", "late", at: position(7))
        #expect(holds("k"))
        // Coming again, as the log brings it, the older message leaves the newer value.
        tier.apply(announcement, at: position(6))
        #expect(holds("k"))
    }

    @Test func `an own write whose later messages were forgotten is not kept`() {
        let token = tier.writeToken()
        tier.apply(Announcement(keys: ["k"]), at: position(6))
        tier.distrustAll()
        write("k", "mine", at: position(5), since: token)
        #expect(!holds("k"))
    }

    @Test func `a late answer to an own write does not replace what was read since`() {
        let token = tier.writeToken()
        #expect(answer("theirs", at: position(7), tier.fillToken(forKey: "k")))
        write("k", "mine", at: position(6), since: token)
        #expect(text("k") != "mine")
    }

    @Test func `nor under a number that was given away again after a fail-over`() {
        for number in [5, 6] as [UInt64] {
            let token = tier.writeToken()
            #expect(answer("theirs", at: position(number), tier.fillToken(forKey: "k")))
            write("k", "mine", at: position(6), since: token)
            #expect(text("k") != "mine")
            tier.distrustAll()
        }
    }

    @Test func `a late answer to an own write does not replace a later own one`() {
        for (early, late) in [(5, 6), (6, 5), (6, 6)] as [(UInt64, UInt64)] {
            let (first, second) = (tier.writeToken(), tier.writeToken())
            write("k", "second", at: position(late), since: second)
            write("k", "first", at: position(early), since: first)
            #expect(text("k") != "first")
            tier.distrustAll()
        }
    }

    @Test func `who listens to an old server with higher numbers still reads what it wrote last`() {
        write("k", "mine", at: position(12))
        tier.apply(Announcement(keys: ["k"]), at: position(12))
        // The server that is written to has lost it and counts on from 9.
        write("k", "mine again", at: position(9))
        #expect(text("k") != "mine")
    }

    @Test func `an own removal leaves nothing, whatever the numbers say`() {
        write("k", "mine", at: position(12))
        tier.acknowledge(Announcement(keys: ["k"]), at: position(9))
        #expect(!holds("k"))
    }

    @Test func `a new epoch trusts nothing held, nor what was written in the old one`() {
        tier.apply(Announcement(keys: ["x"]), at: position(90))
        fill("a", "b")
        let token = tier.writeToken()
        tier.apply(Announcement(keys: ["y"]), at: position(1, epoch: "b"))
        #expect(!holds("a") && !holds("b"))
        write("k", "mine", at: position(2, epoch: "b"), since: token)
        #expect(!holds("k"))
        write("k", "new", at: position(3, epoch: "b"))
        #expect(holds("k"))
    }

    @Test func `the first epoch ever drops nothing that it does not name`() {
        fill("a", "b")
        #expect(tier.apply(Announcement(keys: ["a"]), at: position(1)) == 1)
        #expect(holds("b"))
    }
}
