import CMicroHTTPD
import Synchronization

/// A request from its head to its answer; libmicrohttpd holds it until the answer is sent.
@safe final class HTTPExchange: @unchecked Sendable {
    // Guard: `state` has its lock; the connection is used on the server's thread, and elsewhere
    // only to resume it, once, while it is suspended.

    private let connection: OpaquePointer
    private let route: HTTPRoute
    private let state: Mutex<State>

    private struct State {
        var request: HTTPRequest
        var phase = Phase.receiving
    }

    private enum Phase {
        /// Its body comes in. Next: waiting, or the end.
        case receiving
        /// It is suspended and in the hands of a task. Next: answered.
        case waiting
        /// It is resumed, and the answer is about to be sent.
        case answered(HTTPResponse)
    }

    init(_ request: HTTPRequest, to route: HTTPRoute, over connection: OpaquePointer) {
        unsafe self.connection = connection
        self.route = route
        state = Mutex(State(request: request))
    }

    /// Takes a piece of the body, which is never longer than was announced.
    func append(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { unsafe $0.request.body += bytes }
    }

    /// What is to be done now that all has been received, or the task has answered.
    func proceed() -> Step {
        state.withLock { state in
            switch (state.phase, route.handler) {
            case (.answered(let response), _): return .send(response)
            case (.waiting, _): return .wait
            case (.receiving, .immediate(let handler)): return .send(handler(state.request))
            case (.receiving, .deferred):
                state.phase = .waiting
                return .handOver
            }
        }
    }

    enum Step {
        /// Send the answer.
        case send(HTTPResponse)
        /// Suspend the connection and let a task answer.
        case handOver
        /// It is suspended already.
        case wait
    }

    /// Answers and lets the server send it; what is answered already stays as it is.
    func answer(_ response: HTTPResponse) {
        let isFirst = state.withLock { state in
            guard case .waiting = state.phase else { return false }
            state.phase = .answered(response)
            return true
        }
        if isFirst { unsafe MHD_resume_connection(connection) }
    }

    /// Answers with a problem, in the form that the path has.
    func refuse(_ problem: HTTPProblem) {
        answer(problem.response(at: state.withLock { $0.request.path }))
    }

    /// Lets the handler answer, for so long.
    func handle(within limit: Duration) async {
        guard case .deferred(let handler) = route.handler else { return }
        let request = state.withLock { $0.request }
        await withTaskGroup(of: HTTPResponse?.self) { group in
            group.addTask { await handler(request) }
            group.addTask {
                _ = try? await Task.sleep(for: limit)
                return nil
            }
            if let response = await group.next() ?? nil { answer(response) }
            refuse(HTTPProblem(503, "unavailable", "there was no answer within \(limit)"))
            group.cancelAll()
        }
    }
}
