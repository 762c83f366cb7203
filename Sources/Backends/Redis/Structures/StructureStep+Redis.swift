import CacheDomain
import RedisClient

extension StructureStep {
    /// The command that does it alone; nil where it takes a script.
    var command: RedisCommand? {
        switch self {
        case .value(let key): RedisCommand("GET", key)
        case .fields(let key): RedisCommand("HGETALL", key)
        case .elements(let key): RedisCommand("LRANGE", key, 0, -1)
        case .exists(let key): RedisCommand("EXISTS", key)
        case .lifetime(let key): RedisCommand("PTTL", key)
        default: nil
        }
    }

    /// Appends its name, the number of its arguments, and these.
    func append(to call: inout RedisScriptCall) {
        switch self {
        case .value: Self.append("get", to: &call)
        case .setValue(_, let bytes, let timeToLive):
            Self.append("set", bytes, timeToLive.redisMilliseconds, to: &call)
        case .add(_, let amount, let timeToLive):
            Self.append("add", amount, timeToLive.redisMilliseconds, to: &call)
        case .fields: Self.append("fields", to: &call)
        case .setFields(_, let fields, let replaces, let timeToLive):
            call.append(replaces ? "replace" : "merge")
            call.append(2 + 2 * fields.count)
            call.append(timeToLive.redisMilliseconds)
            call.append(2 * fields.count)
            for field in fields {
                call.append(field.name)
                call.append(field.value)
            }
        case .elements: Self.append("elements", to: &call)
        case .append(_, let element, let limit, let timeToLive):
            Self.append("append", element, limit, timeToLive.redisMilliseconds, to: &call)
        case .markCount(_, let window):
            Self.append("count", window.redisMilliseconds, to: &call)
        case .mark(_, let window, let limit, let timeToLive):
            Self.append(
                "mark",
                window.redisMilliseconds,
                limit ?? -1,
                timeToLive.redisMilliseconds,
                to: &call
            )
        case .members: Self.append("members", to: &call)
        case .addMember(_, let member, let timeToLive):
            Self.append("join", member, timeToLive.redisMilliseconds, to: &call)
        case .dropMembers(_, let members):
            call.append("drop")
            call.append(1 + members.count)
            call.append(members.count)
            call.append(contentsOf: members)
        case .exists: Self.append("exists", to: &call)
        case .lifetime: Self.append("lifetime", to: &call)
        case .expire(_, let timeToLive):
            Self.append("expire", timeToLive.redisMilliseconds, to: &call)
        case .remove: Self.append("remove", to: &call)
        }
    }

    private static func append<each Argument: RedisArgument>(
        _ name: String,
        _ arguments: repeat each Argument,
        to call: inout RedisScriptCall
    ) {
        var count = 0
        for _ in repeat each arguments { count += 1 }
        call.append(name)
        call.append(count)
        repeat call.append(each arguments)
    }

    /// Reads the answer to the command, or to the step in a script.
    func answer(in reply: RedisReply) throws(StoreError) -> StructureAnswer {
        switch self {
        case .value:
            // A script answers with a list, since it can answer with no null among others.
            return .bytes((reply[0] ?? reply).bytes.map(Array.init))
        case .setValue, .setFields, .addMember, .dropMembers: return .done
        case .fields: return .fields(try fields(in: reply))
        case .elements: return .elements(try bytes(of: reply))
        case .members:
            return .elements(
                try bytes(of: reply).sorted { $0.lexicographicallyPrecedes($1) }
            )
        case .mark:
            guard let isAdmitted = reply[0]?.integer, let count = reply[1]?.integer,
                let wait = reply[2]?.integer
            else { throw .unexpected(reply, to: "a step of a transaction") }
            return .admission(
                Admission(
                    isAdmitted: isAdmitted == 1,
                    count: count,
                    retryAfter: wait < 0 ? nil : .milliseconds(wait)
                )
            )
        case .lifetime:
            switch try number(in: reply) {
            case -2: return .lifetime(.absent)
            case -1: return .lifetime(.unlimited)
            case let milliseconds: return .lifetime(.remaining(.milliseconds(milliseconds)))
            }
        case .add, .append, .markCount, .exists, .expire, .remove:
            return .number(try number(in: reply))
        }
    }

    private func number(in reply: RedisReply) throws(StoreError) -> Int {
        guard let number = reply.integer else {
            throw .unexpected(reply, to: "a step of a transaction")
        }
        return number
    }

    /// Names and values in turn.
    private func fields(in reply: RedisReply) throws(StoreError) -> [StructureField] {
        var cursor = reply.cursor
        guard let count = cursor.enterArray() else {
            throw .unexpected(reply, to: "a step of a transaction")
        }
        var fields: [StructureField] = []
        fields.reserveCapacity(count / 2)
        while let name = cursor.bytes(), let value = cursor.bytes() {
            fields.append(StructureField(String(decoding: name, as: UTF8.self), Array(value)))
        }
        guard 2 * fields.count == count else {
            throw .unexpected(reply, to: "a step of a transaction")
        }
        return fields
    }

    private func bytes(of reply: RedisReply) throws(StoreError) -> [[UInt8]] {
        guard let elements = reply.elements else {
            throw .unexpected(reply, to: "a step of a transaction")
        }
        return elements.compactMap { $0.bytes.map(Array.init) }
    }
}

extension Duration {
    /// Redis refuses a time of zero; what is shorter than a millisecond is one.
    fileprivate var redisMilliseconds: Int { max(1, Int(self / .milliseconds(1))) }
}
