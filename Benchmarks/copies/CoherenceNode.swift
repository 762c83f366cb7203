import EventLoop
import Glibc

/// A process that caches, for trials and measurements of the coherence protocol, or their judge.
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
        case "peer":
            let peer = Peer(on: loop)
            await withTaskExecutorPreference(loop) { await peer.run() }
        case "hits": await HitCost.measure()
        case "write": try await WriteRate(on: loop).run()
        case "call": try await CallRate(on: loop).run()
        case "listen": await Listener(on: loop).run()
        case "invalidate": try await Invalidations(on: loop).run()
        default:
            print("usage: CoherenceNode node|judge|peer|hits|write|call|listen|invalidate")
            exit(64)
        }
    }
}
