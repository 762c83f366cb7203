import Jobs
import TestSupport
import Testing

@testable import CacheWorker

@Suite("The board of steps that wait")
struct WaitBoardTests {
    private func retry(_ reason: String, isFirst: Bool) -> WorkerIncident {
        .stepRetried(source: "stream", reason: reason, isFirst: isFirst)
    }

    @Test("tells a wait that lasts, with its newest reason, until the last step has gone on")
    func waits() {
        let clock = ManualClock()
        let board = WaitBoard(now: { clock.now })
        let health = Health(coherenceProblem: { nil }, waits: board, now: { clock.now })
        health.beat([])
        board.note(retry("unavailable", isFirst: true))
        board.note(retry("refused", isFirst: false))
        #expect(health.problems == [])
        clock.advance(by: WaitBoard.patience)
        let problem = "stream jobs: they wait for what all need: refused"
        #expect(health.problems == [problem])
        board.note(retry("refused", isFirst: true))
        board.note(.stepWentOn(source: "stream"))
        #expect(health.problems == [problem])
        board.note(.stepWentOn(source: "stream"))
        board.note(.batchNotSettled(source: "stream"))
        #expect(health.problems == [])
    }
}
