import EventLoop
import Glibc

/// One node of a trial of the coherence protocol, or its judge.
///
/// Settings come from the environment, commands over standard input.
@main
struct CoherenceNode {
    static func main() async throws {
        let loop = try EventLoop(name: "loop")
        switch CommandLine.arguments.last {
        case "judge":
            let judge = try Judge(on: loop)
            await judge.run()
        case "node":
            let node = try Node(on: loop)
            await withTaskExecutorPreference(loop) { await node.run() }
        default:
            print("usage: CoherenceNode node|judge")
            exit(64)
        }
    }
}
