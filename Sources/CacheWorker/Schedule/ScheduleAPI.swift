import Codecs
import HTTPServer
import Jobs
import Telemetry

/// The schedule over HTTP, in JSON: what the command line does, from anywhere.
struct ScheduleAPI: Sendable {
    private static let path = "/api/v1/schedule"
    private static let maxEntryBytes = 1 << 20
    private static let maxPauseBytes = 16 << 10
    private static let pageSizes = 1...1_000
    private static let usualPageSize = 100
    private static let forecasts = 1...1_000
    private static let usualForecast = 10

    private let store: any ScheduleStore
    private let zones: any ZoneSource
    private let changed: @Sendable () -> Void

    /// The schedule of a store; `changed` is called when something was changed here.
    init(
        _ store: any ScheduleStore,
        zones: any ZoneSource,
        changed: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.zones = zones
        self.changed = changed
    }

    /// The routes; a path with a name is about the entry of that name.
    var routes: [HTTPRoute] {
        let entry = Self.path + "/{name}"
        return [
            route("GET", Self.path) { try await list($0) },
            route("GET", entry) { try await .json(200, store.record(named: name($0)).json()) },
            route("PUT", entry, maxBodyBytes: Self.maxEntryBytes) { try await put($0) },
            route("DELETE", entry) { try await delete($0) },
            route("GET", entry + "/next") { try await next($0) },
            route("GET", entry + "/history") { try await history($0) },
            route("POST", entry + "/pause", maxBodyBytes: Self.maxPauseBytes) {
                try await pause($0)
            },
            route("POST", entry + "/resume") { try await resume($0) },
            route("POST", entry + "/run") { try await run($0) },
        ]
    }

    private func route(
        _ method: String,
        _ path: String,
        maxBodyBytes: Int = 0,
        _ answer: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
    ) -> HTTPRoute {
        HTTPRoute(method, path, maxBodyBytes: maxBodyBytes) { request in
            do {
                return try await answer(request)
            } catch {
                return HTTPProblem(error).response(at: request.path)
            }
        }
    }

    // MARK: Looking

    private func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let limit = try number("limit", of: request, in: Self.pageSizes) ?? Self.usualPageSize
        let listings = try await store.listings(after: request.query["after"], limit: limit)
        var json = Array("{\"entries\":".utf8)
        json.append(array: listings.map(\.json))
        // Whoever asks for what follows it finds out whether there is more.
        if listings.count == limit { json.appendMember("after", listings.last?.name) }
        return .json(200, json + Array("}".utf8))
    }

    private func next(_ request: HTTPRequest) async throws -> HTTPResponse {
        let count = try number("count", of: request, in: Self.forecasts) ?? Self.usualForecast
        let from = try request.query["from"]
            .map { text in
                guard let moment = WallTime(text) else {
                    let rule = "an RFC 3339 timestamp such as 2026-11-20T09:00:00Z"
                    throw HTTPProblem(400, "bad-request", "from must be \(rule), not \"\(text)\"")
                }
                return moment
            }
        let record = try await store.record(named: name(request))
        let forecast = ScheduleForecast(entries: [record.entry], isBackwards: false)
        let firings = forecast.firings(from: from ?? WallTime.now(), count: count)
        var json = Array("{\"state\":".utf8)
        json.appendJSONString(record.state.rawValue)
        json += Array(",\"runs\":".utf8)
        json.append(array: firings.map(\.json))
        return .json(200, json + Array("}".utf8))
    }

    private func history(_ request: HTTPRequest) async throws -> HTTPResponse {
        let limit = try number("limit", of: request, in: 1...ScheduleRun.maxCount)
        let name = try name(request)
        let runs = try await store.history(of: name, limit: limit ?? ScheduleRun.maxCount)
        var json = Array("{\"runs\":".utf8)
        json.append(array: runs.map { $0.json(of: name) })
        return .json(200, json + Array("}".utf8))
    }

    // MARK: Changing

    private func put(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try name(request)
        let entry = try ScheduleEntry(json: Self.named(name, request.body), zones: zones)
        guard entry.name == name else {
            let rule = "\"\(name)\", as in the path"
            throw HTTPProblem(400, "schema", "$.name must be \(rule), not \"\(entry.name)\"")
        }
        let change = try await store.set(entry)
        changed()
        let record = try await store.record(named: name)
        return .json(change == .created ? 201 : 200, record.json(change: change))
    }

    /// The definition, with the name of the path where it has none; what is no object stays as it
    /// is, for its reader to tell.
    private static func named(_ name: String, _ definition: [UInt8]) -> [UInt8] {
        var json = Array("{".utf8)
        json.appendMember("name", name)
        json += Array("}".utf8)
        guard let path = try? JSONObjectText(json), let object = try? JSONObjectText(definition)
        else { return definition }
        return path.merging(object).bytes
    }

    private func delete(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try name(request)
        try await store.delete(name)
        changed()
        var json = Array("{".utf8)
        json.appendMember("name", name)
        json.appendMember("change", "deleted")
        return .json(200, json + Array("}".utf8))
    }

    private func pause(_ request: HTTPRequest) async throws -> HTTPResponse {
        let pause = try SchedulePause(json: request.body)
        return try await changing(request) { name in
            try await store.pause(name, by: pause.by ?? "HTTP", reason: pause.reason)
        }
    }

    private func resume(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await changing(request) { try await store.resume($0) }
    }

    private func changing(
        _ request: HTTPRequest,
        _ change: (String) async throws -> Void
    ) async throws -> HTTPResponse {
        let name = try name(request)
        try await change(name)
        changed()
        return .json(200, try await store.record(named: name).json())
    }

    private func run(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try name(request)
        let run = try await store.fire(name)
        changed()
        return .json(202, run.json(of: name))
    }

    // MARK: Reading

    private func name(_ request: HTTPRequest) throws(HTTPProblem) -> String {
        let name = request.parameters["name"] ?? ""
        guard ScheduleEntry.isName(name) else {
            throw HTTPProblem(404, "not-found", "a name is \(ScheduleEntry.nameRule)")
        }
        return name
    }

    private func number(
        _ name: String,
        of request: HTTPRequest,
        in range: ClosedRange<Int>
    ) throws(HTTPProblem) -> Int? {
        guard let text = request.query[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let rule = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw HTTPProblem(400, "bad-request", "\(name) must be \(rule), not \"\(text)\"")
        }
        return number
    }
}

extension HTTPProblem {
    /// What the schedule answers when it does not do what was asked for.
    fileprivate init(_ error: any Error) {
        switch error {
        case let problem as HTTPProblem: self = problem
        case let error as ScheduleEntryError: self.init(400, "schema", error.message)
        case let error as ScheduleError:
            switch error.code {
            case .unavailable: self.init(503, "unavailable", error.message)
            case .notFound: self.init(404, "not-found", error.message)
            case .notDynamic: self.init(409, "not-dynamic", error.message)
            case .refused: self.init(502, "refused", error.message)
            }
        default: self.init(500, "internal", "\(error)")
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(array elements: [[UInt8]]) {
        append(UInt8(ascii: "["))
        append(contentsOf: elements.joined(separator: ",".utf8))
        append(UInt8(ascii: "]"))
    }
}
