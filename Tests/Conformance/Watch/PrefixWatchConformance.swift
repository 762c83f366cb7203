import CacheDomain
import Synchronization
import TestSupport

/// What every `PrefixWatch` promises, in memory or on a real server.
public enum PrefixWatchConformance: Sendable {
    /// All promises; each wants a server of its own.
    public static let checks: [Check<WatchServer>] = [
        Check("Foreign changes under the prefix are told, and no others") { server in
            try await watching(server) { heard in
                try await server.write("other:1")
                try await server.write("watched:1")
                try await server.write("watche")
                try await server.write("watched:")
                try await canary("end", server, heard)
                try require("keys", heard.keys, is: ["watched:1", "watched:"])
            }
        },
        Check("What workers change is told as well: writes, removals, purges") { server in
            try await watching(server) { heard in
                let writes = ["watched:1", "watched:2", "other:1"]
                    .map { StoreConformance.write($0, "x") }
                _ = try await server.store.apply(Change(writes: writes))
                try await canary("written", server, heard)
                try require("keys written", Set(heard.keys), is: ["watched:1", "watched:2"])
                _ = try await server.store.apply(Change(removals: ["watched:1"]))
                try await canary("removed", server, heard)
                try require("keys told", heard.keys.count, is: 3)
                _ = try await server.store.purge(.namespace("watched")) { _, _ in }
                try await canary("purged", server, heard)
                try require("keys told", heard.keys.count, is: 4)
                try require("the last", heard.keys.last, is: "watched:2")
            }
        },
        Check("That the server was emptied is told, even when there was nothing") { server in
            try await watching(server) { heard in
                try await server.empty()
                try await canary("end", server, heard)
                try require(heard.signals.contains(.flushed), "a flush is told")
            }
        },
        Check("Canaries come back in order, behind all changes, and are no changes") { server in
            try await watching(server) { heard in
                for number in 0..<20 {
                    try await server.write("watched:\(number)")
                    let connection = try await server.watch.sendCanary("c-\(number)")
                    let again = try await server.watch.sendCanary("d-\(number)")
                    try require("the connection", again, is: connection)
                }
                try await canary("end", server, heard)
                let expected = (0..<20)
                    .flatMap { number -> [PrefixWatchSignal] in
                        [
                            .changed(["watched:\(number)"]), .canary("c-\(number)"),
                            .canary("d-\(number)"),
                        ]
                    }
                let signals = Array(heard.signals.dropFirst().dropLast())
                try require("signals", signals, is: expected)
            }
        },
        Check("An interruption is told, and that it is over; then changes are told again") {
            server in
            try await watching(server) { heard in
                try await server.interrupt()
                try await eventually("it has begun again") {
                    heard.signals.count { $0 == .began } == 2
                }
                let words = heard.signals.map { signal in
                    switch signal {
                    case .began: "began"
                    case .lost: "lost"
                    default: "\(signal)"
                    }
                }
                try require("signals", words, is: ["began", "lost", "began"])
                try await server.write("watched:1")
                try await canary("end", server, heard)
                try require("keys", heard.keys, is: ["watched:1"])
            }
        },
        Check("One that was cancelled can be followed again, and tells nothing of before") {
            server in
            try await watching(server) { heard in
                try await canary("a", server, heard)
            }
            try await watching(server) { heard in
                try await canary("b", server, heard)
                try require("signals", heard.signals, is: [.began, .canary("b")])
            }
        },
    ]

    /// Waits until all that was changed before has been told.
    private static func canary(
        _ name: String,
        _ server: WatchServer,
        _ heard: HeardChanges
    ) async throws {
        _ = try await server.watch.sendCanary(name)
        try await eventually("canary \(name) is heard") {
            heard.signals.contains(.canary(name))
        }
    }

    private static func watching(
        _ server: WatchServer,
        _ body: @Sendable (HeardChanges) async throws -> Void
    ) async throws {
        let heard = HeardChanges()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.watch.follow { heard.add($0) } }
            defer { group.cancelAll() }
            try await eventually("it has begun") { heard.signals.contains(.began) }
            try await body(heard)
        }
    }
}

/// Collects what a watch tells.
private final class HeardChanges: Sendable {
    private let told = Mutex<[PrefixWatchSignal]>([])

    var signals: [PrefixWatchSignal] { told.withLock(\.self) }

    /// The keys that were told as changed, in order.
    var keys: [String] {
        signals.flatMap { if case .changed(let keys) = $0 { keys } else { [String]() } }
    }

    func add(_ signal: PrefixWatchSignal) { told.withLock { $0.append(signal) } }
}
