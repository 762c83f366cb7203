import Jobs
import Testing

@testable import CacheWorker

@Suite("Reading a command line about dead letters")
struct DeadCommandLineTests {
    private func parse(_ line: String) throws(UsageError) -> Command {
        try CommandParser.parse(line.split(separator: " ").map(String.init))
    }

    private func command(
        _ action: DeadCommand.Action,
        _ transport: DeadLetter.Transport? = nil,
        isJSON: Bool = false
    ) -> Command {
        .dead(
            DeadCommand(
                settings: SettingArguments(),
                transport: transport,
                action: action,
                isJSON: isJSON
            )
        )
    }

    @Test("finds filters, limit and transport")
    func list() throws {
        var filter = DeadLetterFilter()
        #expect(try parse("dead list") == command(.list(filter, limit: 100)))
        filter.kinds = [.warm, .task]
        filter.reasons = ["schema"]
        filter.olderThan = .seconds(3_600)
        filter.newerThan = .seconds(7 * 86_400)
        let line = "dead list --kind warm --kind task --reason schema --older-than 1h "
        let list = command(.list(filter, limit: 5), .amqp, isJSON: true)
        #expect(try parse(line + "--newer-than 7d --limit 5 --from amqp --json") == list)
        #expect(try parse("dead list --from all") == parse("dead list"))
    }

    @Test("takes ids or all, each id once")
    func selection() throws {
        let named = DeadLetterRequeueing(
            selection: .named(["1-0", "2-0"]),
            rate: 50,
            edit: nil,
            isDryRun: true,
            isForced: false
        )
        let line = "dead requeue 1-0 2-0 1-0 --rate 50/s --dry-run"
        #expect(try parse(line) == command(.requeue(named)))
        let all = DeadLetterPurge(
            selection: .matching(DeadLetterFilter()),
            file: "f",
            isConfirmed: true
        )
        #expect(try parse("dead purge --all --to f --yes") == command(.purge(all)))
        #expect(try parse("dead show 1-0 --raw") == command(.show(id: "1-0", isRaw: true)))
    }

    @Test(
        "refuses what contradicts itself",
        arguments: [
            ("dead requeue", "--all"), ("dead requeue 1-0 --all", "--all does not go"),
            ("dead requeue 1-0 --kind warm", "filters go with --all"),
            ("dead requeue --all --edit f", "exactly one ID"),
            ("dead requeue 1-0 2-0 --edit f", "exactly one ID"),
            ("dead requeue --all --rate 0", "--rate must be"),
            ("dead list --kind cold", "--kind must be one of invalidate"),
            ("dead list --from kafka", "--from must be one of stream"),
            ("dead list --limit 0", "--limit must be"), ("dead list x", "one argument too many"),
            ("dead show", "an argument is missing"), ("dead show 1-0 --raw --json", "--raw"),
            ("dead purge --all --yes", "--discard"),
            ("dead purge --all --to f --discard", "--discard"),
        ]
    )
    func contradictions(line: String, message: String) throws {
        let error = #expect(throws: UsageError.self) { try parse(line) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
}
