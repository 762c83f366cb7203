/// A mechanism that is left out, and the promise that is broken without it.
struct Ablation: Sendable, CustomStringConvertible {
    let missing: Omission
    let promise: Promise
    let scene: Scene

    var description: String { "\(missing) in \(scene.name)" }

    static let all = [
        Ablation(missing: .fillToken, promise: .token, scene: .races(depth: 1)),
        Ablation(missing: .fillToken, promise: .removal, scene: .races(depth: 1)),
        Ablation(missing: .replay, promise: .convergence, scene: .losses(depth: 1)),
        Ablation(missing: .journal, promise: .economy, scene: .losses(depth: 1)),
        Ablation(missing: .lease, promise: .bound, scene: .deafness(depth: 1)),
        Ablation(missing: .doubt, promise: .bound, scene: .losses(depth: 1)),
        Ablation(missing: .heartbeat, promise: .detection, scene: .losses(depth: 1)),
        Ablation(missing: .proof, promise: .convergence, scene: .failOver(depth: 1)),
        Ablation(missing: .identity, promise: .convergence, scene: .failOver(depth: 1)),
        Ablation(missing: .ahead, promise: .convergence, scene: .failOver(depth: 1)),
        Ablation(missing: .origin, promise: .token, scene: .failOver(depth: 1)),
        Ablation(missing: .canary, promise: .bound, scene: .stranded(depth: 1)),
    ]
}
