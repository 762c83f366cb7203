extension Scene {
    /// All of them; `depth` 1 takes seconds, and each further one many times as long.
    static func all(depth: Int) -> [Scene] {
        [
            races(depth: depth), losses(depth: depth), deafness(depth: depth),
            failOver(depth: depth), stranded(depth: depth), beginning(depth: depth),
            deletion(depth: depth), twoNodes(depth: depth),
        ]
    }

    /// Values and own changes on their way while messages come, each step by itself.
    static func races(depth: Int) -> Scene {
        var scene = Scene(name: "races")
        scene.floor = 1500
        scene.grain = .fine
        scene.budget.writes = depth
        scene.budget.foreignWrites = 1
        scene.budget.fills = 1 + depth
        scene.budget.repetitions = depth - 1
        return scene
    }

    /// Messages get lost and come twice, the journal is trimmed, and time goes by.
    static func losses(depth: Int) -> Scene {
        var scene = Scene(name: "losses")
        scene.floor = 10000
        scene.isPrompt = true
        scene.removes = depth > 1
        scene.budget.foreignWrites = 2
        scene.budget.fills = 1
        scene.budget.losses = 1
        scene.budget.repetitions = depth - 1
        scene.budget.deafenings = depth - 1
        scene.budget.trims = 1
        scene.budget.ticks = 1 + depth
        return scene
    }

    /// Nothing is heard any more, and nobody says so.
    static func deafness(depth: Int) -> Scene {
        var scene = Scene(name: "deafness")
        scene.floor = 500
        scene.isPrompt = true
        scene.removes = depth > 1
        scene.budget.writes = 1
        scene.budget.foreignWrites = 1
        scene.budget.fills = depth - 1
        scene.budget.deafenings = 1
        scene.budget.cuts = depth - 1
        scene.budget.ticks = 1 + depth
        return scene
    }

    /// A server takes over that lacks changes, and gives their numbers away again.
    static func failOver(depth: Int) -> Scene {
        var scene = Scene(name: "fail-over")
        scene.floor = 30000
        if depth > 1 { scene.grain = .fine }
        scene.removes = depth > 1
        scene.budget.foreignWrites = 1 + depth
        scene.budget.fills = 1
        scene.budget.failOvers = 1
        scene.budget.tail = depth
        return scene
    }

    /// The subscription stays with the server that was replaced, and nobody says so.
    static func stranded(depth: Int) -> Scene {
        var scene = Scene(name: "stranded")
        scene.floor = 8000
        scene.strands = true
        scene.isPrompt = depth == 1
        scene.removes = depth > 1
        scene.bound = Scene.canary + Scene.lease
        scene.budget.foreignWrites = depth
        scene.budget.failOvers = 1
        scene.budget.tail = 1
        scene.budget.ticks = 5
        return scene
    }

    /// Nobody has subscribed yet, and the log has no message.
    static func beginning(depth: Int) -> Scene {
        var scene = Scene(name: "beginning")
        scene.floor = 9000
        scene.beginsEmpty = true
        scene.beginsWarm = false
        scene.budget.foreignWrites = depth
        scene.budget.fills = 1
        scene.budget.failOvers = depth - 1
        scene.budget.tail = depth
        return scene
    }

    /// Everything is deleted, the log included, and the connections live on.
    static func deletion(depth: Int) -> Scene {
        var scene = Scene(name: "deletion")
        scene.floor = 5000
        scene.budget.foreignWrites = 1 + depth
        scene.budget.fills = 1
        scene.budget.emptyings = 1
        scene.budget.losses = depth - 1
        return scene
    }

    /// Two nodes, two keys, and a fail-over.
    static func twoNodes(depth: Int) -> Scene {
        var scene = Scene(name: "two nodes")
        scene.floor = 8000
        scene.nodes = 2
        scene.isPrompt = true
        scene.grain = depth == 1 ? .coarse : .medium
        scene.removes = depth > 1
        scene.budget.writes = depth
        scene.budget.fills = depth - 1
        scene.budget.failOvers = 1
        scene.budget.tail = 1
        scene.budget.losses = 1
        return scene
    }
}
