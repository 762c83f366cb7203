// swift-tools-version: 6.3
import PackageDescription

/// Every Swift target has the same settings: the language of tomorrow, warnings as errors.
let settings: [SwiftSetting] =
    [
        "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
        "InferIsolatedConformances", "NonisolatedNonsendingByDefault", "ImmutableWeakCaptures",
    ]
    .map { .enableUpcomingFeature($0) } + [
        .treatAllWarnings(as: .error),
        .treatWarning("StrictLanguageFeatures", as: .error),
        .treatWarning("ExplicitSendable", as: .error),
        .strictMemorySafety(),
    ]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: settings)
}

func cLibrary(_ name: String, package: String? = nil) -> Target {
    .systemLibrary(name: name, providers: package.map { [.apt([$0])] })
}

let package = Package(
    name: "CacheWorker",
    products: [
        .executable(name: "cacheworker", targets: ["CacheWorker"]),
        .library(name: "CacheDomain", targets: ["CacheDomain", "ValueCoding", "Backends"]),
    ],
    targets: [
        cLibrary("CLinux"),
        cLibrary("CHiredis", package: "libhiredis-dev"),
        cLibrary("CRabbitMQ", package: "librabbitmq-dev"),
        cLibrary("CYAML", package: "libyaml-dev"),
        cLibrary("CMicroHTTPD", package: "libmicrohttpd-dev"),
        cLibrary("CSQLite", package: "libsqlite3-dev"),
        cLibrary("CPostgres", package: "libpq-dev"),
        cLibrary("CCurl", package: "libcurl4-openssl-dev"),
        cLibrary("CZlib", package: "zlib1g-dev"),
        cLibrary("COpenSSL", package: "libssl-dev"),

        library("Codecs", ["CYAML", "CZlib", "COpenSSL"]),
        library("Telemetry", ["Codecs"]),
        library("EventLoop", ["CLinux"]),
        library("RedisClient", ["CHiredis", "EventLoop", "Telemetry"]),
        library("AMQPClient", ["CRabbitMQ", "EventLoop", "Telemetry"]),
        library("HTTPServer", ["CMicroHTTPD", "Codecs", "Telemetry"]),
        library("HTTPClient", ["CCurl", "EventLoop", "Codecs", "Telemetry"]),
        library("SQLClient", ["CSQLite", "CPostgres", "EventLoop"]),
        library("CacheDomain", ["Codecs", "Telemetry"]),
        library("ValueCoding", ["CacheDomain", "Codecs"]),
        library("Jobs", ["Codecs", "Telemetry"]),
        library(
            "Backends",
            [
                "EventLoop", "RedisClient", "AMQPClient", "SQLClient", "Codecs", "CacheDomain",
                "Jobs", "Telemetry",
            ]
        ),
        .executableTarget(
            name: "CacheWorker",
            dependencies: [
                "EventLoop", "RedisClient", "AMQPClient", "SQLClient", "HTTPServer", "Codecs",
                "CacheDomain", "Jobs", "Telemetry", "Backends",
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "JSONBenchmark",
            dependencies: ["Codecs", "Jobs"],
            path: "Benchmarks/json",
            exclude: ["simdjson_events.cpp", "run"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "AMQPBenchmark",
            dependencies: ["AMQPClient", "EventLoop"],
            path: "Benchmarks/amqp",
            exclude: ["rabbitmqc_drain.c", "run"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "RedisBenchmark",
            dependencies: ["EventLoop", "RedisClient"],
            path: "Benchmarks/redis",
            exclude: ["hiredis_loop.c", "run"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "CoherenceNode",
            dependencies: [
                "Backends", "CacheDomain", "Codecs", "EventLoop", "RedisClient", "Telemetry",
                "ValueCoding",
            ],
            path: "Benchmarks/copies",
            exclude: ["script_loop.c", "run"],
            swiftSettings: settings
        ),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .target(
            name: "Conformance",
            dependencies: [
                "CacheDomain", "Codecs", "Jobs", "Telemetry", "TestSupport", "ValueCoding",
            ],
            path: "Tests/Conformance",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "CrashingWorker",
            dependencies: [
                "Backends", "AMQPClient", "EventLoop", "RedisClient", "Jobs", "Telemetry",
            ],
            path: "Tests/CrashingWorker",
            swiftSettings: settings
        ),
        tests("Tidy"),
        tests("TestSupport", ["TestSupport"]),
        tests("Codecs", ["Codecs"]),
        tests("Telemetry", ["Telemetry", "TestSupport"]),
        tests("HTTPServer", ["HTTPServer", "EventLoop", "Telemetry", "TestSupport"]),
        tests("HTTPClient", ["HTTPClient", "TestSupport"]),
        tests("EventLoop", ["EventLoop"]),
        tests("SQLClient", ["SQLClient", "TestSupport"]),
        tests("RedisClient", ["RedisClient", "EventLoop", "Telemetry", "TestSupport"]),
        tests("AMQPClient", ["AMQPClient", "EventLoop", "Telemetry", "TestSupport"]),
        tests("CacheDomain", ["CacheDomain", "Codecs", "Conformance", "Telemetry", "TestSupport"]),
        tests("ValueCoding", ["ValueCoding", "CacheDomain", "Codecs"]),
        tests("Jobs", ["Jobs", "Codecs", "Conformance", "Telemetry", "TestSupport"]),
        tests(
            "Backends",
            [
                "Backends", "AMQPClient", "EventLoop", "RedisClient", "SQLClient", "Codecs",
                "CacheDomain", "ValueCoding", "Jobs", "Conformance", "CrashingWorker",
                "TestSupport",
            ]
        ),
        tests(
            "CacheWorker",
            [
                "CacheWorker", "Codecs", "CacheDomain", "HTTPServer", "Jobs", "Telemetry",
                "TestSupport",
            ]
        ),
        tests("CoherenceNode", ["CoherenceNode"]),
        tests("Example", ["Backends", "CacheDomain", "Telemetry", "ValueCoding", "TestSupport"]),
        tests(
            "EndToEnd",
            [
                "CacheWorker", "AMQPClient", "Backends", "Codecs", "EventLoop", "Jobs",
                "RedisClient", "TestSupport",
            ]
        ),
        tests("Fault", ["CacheWorker", "AMQPClient", "EventLoop", "RedisClient", "TestSupport"]),
    ]
)
