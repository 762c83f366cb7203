import Jobs

extension CommandOutline {
    /// `schedule` and its commands.
    static let schedule = [
        scheduleList, scheduleNext, scheduleHistory, scheduleRun, schedulePause, scheduleResume,
        scheduleSet, scheduleDelete,
    ]

    private static let scheduleList = CommandOutline(
        words: ["schedule", "list"],
        operands: "",
        summary: "List what happens at certain times",
        options: [.json],
        takesSettings: true,
        examples: ["schedule list"],
        command: { arguments throws(ArgumentFault) in
            try arguments.expectOperands(0...0)
            return .schedule(ScheduleCommand(.list, arguments))
        }
    )

    private static let scheduleNext = CommandOutline(
        words: ["schedule", "next"],
        operands: "[NAME…]",
        summary: "Tell when entries of the schedule fire, or a cron expression would",
        note: """
            Without names: all entries that fire. With --cron no server is needed. Times are told
            in UTC and by the clocks of the zone, with a warning where clocks are put. Fewer than
            asked for: it does not fire again.
            """,
        options: [
            .value("--cron", "EXPR", "Five fields, six with the second first, or as @hourly"),
            .value("--tz", "ZONE", "IANA name of the zone it means (default: UTC)"),
            .value("--dst", "POLICY", "What happens where clocks are put (default: cronie)"),
            .value("--days", "RULE", "or, and: what two restricted fields of days mean"),
            .value("--name", "NAME", "Name of the entry, which H goes by"),
            .value("--from", "TIME", "The moment they follow, in RFC 3339 (default: now)"),
            .value("--count", "NUMBER", "How many at most (default: 10)"),
            .toggle("--previous", "Those before the moment, the last one first"), .json,
        ],
        takesSettings: true,
        examples: [
            "schedule next --count 20", "schedule next nightly",
            "schedule next --cron @hourly --tz Europe/Berlin --count 3",
            "schedule next --cron @daily --from 2026-11-20T09:00:00Z --previous --json",
        ],
        command: { arguments throws(ArgumentFault) in
            .schedule(ScheduleCommand(try arguments.nextAction(), arguments))
        }
    )

    private static let scheduleHistory = CommandOutline(
        words: ["schedule", "history"],
        operands: "NAME",
        summary: "Tell the last firings of an entry, and what became of them",
        options: [
            .value("--limit", "NUMBER", "How many at most (default: \(ScheduleRun.maxCount))"),
            .json,
        ],
        takesSettings: true,
        examples: ["schedule history nightly --limit 5"],
        command: { arguments throws(ArgumentFault) in
            let limit = try arguments.value("--limit", as: .count(1...ScheduleRun.maxCount))
            let name = try arguments.operandName()
            let action = ScheduleCommand.Action.history(name, limit: limit ?? ScheduleRun.maxCount)
            return .schedule(ScheduleCommand(action, arguments))
        }
    )

    private static let scheduleRun = CommandOutline(
        words: ["schedule", "run"],
        operands: "NAME",
        summary: "Fire an entry now, once, beside its times",
        note: "Also one that is paused. Its overlap rule holds.",
        options: [.json],
        takesSettings: true,
        examples: ["schedule run nightly"],
        command: { arguments throws(ArgumentFault) in
            .schedule(ScheduleCommand(.run(try arguments.operandName()), arguments))
        }
    )

    private static let schedulePause = CommandOutline(
        words: ["schedule", "pause"],
        operands: "NAME",
        summary: "Let an entry not fire until it is resumed",
        note: "An entry that is paused keeps its first pause.",
        options: [
            .value("--by", "WHO", "Who wants that (default: the user of the command)"),
            .value("--reason", "TEXT", "Why"), .json,
        ],
        takesSettings: true,
        examples: ["schedule pause nightly --by ada --reason migration"],
        command: { arguments throws(ArgumentFault) in
            let pause = SchedulePause(
                by: arguments.value("--by").flatMap { $0.isEmpty ? nil : $0 },
                reason: arguments.value("--reason") ?? ""
            )
            let name = try arguments.operandName()
            return .schedule(ScheduleCommand(.pause(name, pause), arguments))
        }
    )

    private static let scheduleResume = CommandOutline(
        words: ["schedule", "resume"],
        operands: "NAME",
        summary: "Let an entry fire again",
        note: "What its times named meanwhile is not caught up.",
        options: [.json],
        takesSettings: true,
        examples: ["schedule resume nightly"],
        command: { arguments throws(ArgumentFault) in
            .schedule(ScheduleCommand(.resume(try arguments.operandName()), arguments))
        }
    )

    private static let scheduleSet = CommandOutline(
        words: ["schedule", "set"],
        operands: "[NAME|JSON|-]",
        summary: "Make an entry at run time, or give it another definition",
        note: """
            The definition is JSON, in the argument, in a file or on standard input (-), or NAME
            and options. It takes the place of the old one as a whole. Entries of a configuration
            file cannot be changed here, but paused.
            """,
        options: [.value("--file", "FILE", "A file with the definition; - is standard input")]
            + ParsedArguments.memberOptions + [.json],
        takesSettings: true,
        examples: [
            "schedule set ping --every 90s --event '{\"type\":\"task.ping\",\"data\":{}}'",
            "schedule set --file nightly.json",
        ],
        command: { arguments throws(ArgumentFault) in
            .schedule(ScheduleCommand(.set(try arguments.entrySource()), arguments))
        }
    )

    private static let scheduleDelete = CommandOutline(
        words: ["schedule", "delete"],
        operands: "NAME",
        summary: "Remove an entry that was made at run time, with its history",
        options: [.json],
        takesSettings: true,
        examples: ["schedule delete ping"],
        command: { arguments throws(ArgumentFault) in
            .schedule(ScheduleCommand(.delete(try arguments.operandName()), arguments))
        }
    )
}

extension ScheduleCommand {
    fileprivate init(_ action: Action, _ arguments: ParsedArguments) {
        self.init(
            settings: arguments.settings,
            action: action,
            isJSON: arguments.has(Option.json.name)
        )
    }
}
