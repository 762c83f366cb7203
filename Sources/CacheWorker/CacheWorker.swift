import Glibc

/// The program: reads its command line, does what it says, ends with its status.
@main
enum CacheWorker: Sendable {
    static func main() async {
        let status = await run(Array(CommandLine.arguments.dropFirst()))
        exit(status.rawValue)
    }

    private static func run(_ arguments: [String]) async -> ExitStatus {
        let command: Command
        do {
            command = try CommandParser.parse(arguments)
        } catch {
            HostSystem.writeToStandardError("\(error)\n")
            return .usage
        }
        switch command {
        case .help(let text):
            print(text, terminator: "")
            return .ok
        case .version(let version): return await version.run()
        case .run(let run): return await run.run()
        case .publish(let publish): return await publish.run()
        case .dead(let dead): return await dead.run()
        case .schedule(let schedule): return await schedule.run()
        case .cache(let cache): return await cache.run()
        }
    }
}
