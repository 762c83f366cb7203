/// What must be true in every state of an exploration.
enum Promise: String, CaseIterable, Sendable {
    case bound = "I1: no copy is served that is older than the bound"
    case convergence = "I2: when all is quiet, what may be served is what the server has"
    case removal = "I3: what was removed, as the node knows, is not served again"
    case monotony = "I4: nobody reads something older than what he has read or written"
    case economy = "I5: nothing is distrusted but for what the journal cannot mend"
    case detection = "I6: a message that was lost is missed within a heartbeat"
    case token = "I7: no value is kept whose key a message named after the question"
    case loader = "I8: one loader for each key"
    case progress = "I9: the last message applied never falls within an epoch"
}
