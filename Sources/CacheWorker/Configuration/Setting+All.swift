import AMQPClient
import RedisClient
import Telemetry

extension Setting {
    /// Every setting there is, in the order of help and example.
    static let all: [Setting] =
        process + redis + amqp + jobs + schedule + cache + sessions + http + log

    private static let process = [
        Setting(
            "roles",
            "ROLES",
            \.chosenRoles,
            .optional(.words("ROLE,…")),
            "What this process does: worker, beat, http",
            defaultWords: "all"
        ),
        Setting(
            "node_id",
            "NODE_ID",
            \.nodeID,
            .name(maxBytes: 200),
            "How this process is called in logs, groups and messages",
            defaultWords: "host name, process id and a random part"
        ),
        Setting(
            "control_prefix",
            "CONTROL_PREFIX",
            \.controlPrefix,
            .name(maxBytes: 64, forbidden: "{}"),
            "Head of all control keys, without its braces"
        ),
        Setting(
            "drain_timeout",
            "DRAIN_TIMEOUT",
            \.drainTimeout,
            .duration(.zero ... .seconds(3_600)),
            "How long work in flight may take after SIGTERM"
        ),
    ]

    private static let redis = [
        Setting(
            "redis.url",
            "REDIS_URL",
            \.redisURL,
            .optional(.address(checkRedisAddress)),
            "Server of cached data",
            confidentiality: .mayHoldSecret,
            defaultWords: "none: cached data stays in the process"
        ),
        Setting(
            "redis.password",
            "REDIS_PASSWORD",
            \.redisPassword,
            .optional(.secret),
            "Its password, instead of one in the address",
            confidentiality: .secret,
            defaultWords: "none"
        ),
        Setting(
            "jobs_redis.url",
            "JOBS_REDIS_URL",
            \.jobsRedisURL,
            .optional(.address(checkRedisAddress)),
            "Server of job streams, coherence and schedule",
            confidentiality: .mayHoldSecret,
            defaultWords: "the server of cached data"
        ),
        Setting(
            "jobs_redis.password",
            "JOBS_REDIS_PASSWORD",
            \.jobsRedisPassword,
            .optional(.secret),
            "Its password, instead of one in the address",
            confidentiality: .secret,
            defaultWords: "none"
        ),
    ]

    private static let amqp = [
        Setting(
            "amqp.url",
            "AMQP_URL",
            \.amqpURL,
            .optional(.address(checkAMQPAddress)),
            "RabbitMQ, as another source of jobs",
            confidentiality: .mayHoldSecret,
            defaultWords: "none"
        ),
        Setting(
            "amqp.password",
            "AMQP_PASSWORD",
            \.amqpPassword,
            .optional(.secret),
            "Its password, instead of one in the address",
            confidentiality: .secret,
            defaultWords: "none"
        ),
        Setting(
            "amqp.exchange",
            "AMQP_EXCHANGE",
            \.amqpExchange,
            .name(maxBytes: 200),
            "Topic exchange that takes events"
        ),
        Setting(
            "amqp.dead_letter_exchange",
            "AMQP_DEAD_LETTER_EXCHANGE",
            \.amqpDeadLetterExchange,
            .name(maxBytes: 200),
            "Exchange and queue of events that cannot be applied"
        ),
        Setting(
            "amqp.queue_prefix",
            "AMQP_QUEUE_PREFIX",
            \.amqpQueuePrefix,
            .name(maxBytes: 200),
            "Head of the names of all queues"
        ),
        Setting(
            "amqp.prefetch",
            "AMQP_PREFETCH",
            \.amqpPrefetch,
            .count(1...65_535),
            "Unacknowledged events that the broker sends ahead"
        ),
    ]

    private static let schedule = [
        Setting(
            "schedule.cleanups",
            "SCHEDULE_CLEANUPS",
            \.schedulesCleanups,
            .truth,
            "Whether the schedule has the cleanups that the service brings along",
            takesEffect: .now
        )
    ]

    private static let cache = [
        Setting(
            "cache.local_max_entries",
            "LOCAL_MAX_ENTRIES",
            \.localMaxEntries,
            .count(0...100_000_000),
            "Entries of the in-process tier at most; 0 switches it off"
        ),
        Setting(
            "cache.local_max_bytes",
            "LOCAL_MAX_BYTES",
            \.localMaxBytes,
            .bytes(0...1 << 40),
            "Bytes of the in-process tier at most; 0 switches it off"
        ),
        Setting(
            "cache.default_ttl",
            "CACHE_DEFAULT_TTL",
            \.defaultTimeToLive,
            .duration(.milliseconds(1) ... .seconds(366 * 86_400)),
            "Life of warmed entries that name none"
        ),
        Setting(
            "cache.watched_prefixes",
            "WATCHED_PREFIXES",
            \.watchedPrefixes,
            .prefixes,
            "Beginnings of keys that foreign programs change in Redis, too",
            defaultWords: "none"
        ),
        Setting(
            "coherence.heartbeat",
            "COHERENCE_HEARTBEAT",
            \.coherenceHeartbeat,
            .duration(.milliseconds(10) ... .seconds(60)),
            "How often an idle coherence log shows that it lives"
        ),
        Setting(
            "coherence.lease",
            "COHERENCE_LEASE",
            \.coherenceLease,
            .duration(.milliseconds(20) ... .seconds(600)),
            "How long the in-process tier is served without a word of the log"
        ),
    ]

    private static let http = [
        Setting(
            "http.listen",
            "HTTP_LISTEN",
            \.httpListen,
            .optional(.listen),
            "Address of probes and metrics, or off",
            defaultWords: "\(HTTPListen.usual), if it is free"
        ),
        Setting(
            "http.token",
            "HTTP_TOKEN",
            \.httpToken,
            .optional(.secret),
            "What everything but the probes wants: Authorization: Bearer",
            confidentiality: .secret,
            defaultWords: "none"
        ),
        Setting(
            "http.allow_anonymous",
            "HTTP_ALLOW_ANONYMOUS",
            \.httpAllowsAnonymous,
            .truth,
            "Whether other machines may ask with no token"
        ),
    ]

    private static let log = [
        Setting(
            "log.level",
            "LOG_LEVEL",
            \.logLevel,
            .word("LEVEL", name: \.name),
            "Least level of log lines: debug, info, warning or error",
            takesEffect: .now
        ),
        Setting(
            "log.format",
            "LOG_FORMAT",
            \.logFormat,
            .word("FORMAT"),
            "Form of log lines: json or text",
            defaultWords: "text on a terminal, else json"
        ),
    ]

    private static func checkRedisAddress(_ text: String) throws(ValueFault) {
        do {
            _ = try RedisConfiguration(url: text)
        } catch {
            throw .unusable(error.message)
        }
    }

    private static func checkAMQPAddress(_ text: String) throws(ValueFault) {
        do {
            _ = try AMQPConfiguration(url: text)
        } catch {
            throw .unusable(error.message)
        }
    }
}
