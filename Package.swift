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
    products: [.executable(name: "cacheworker", targets: ["CacheWorker"])],
    targets: [
        cLibrary("CLinux"),
        library("EventLoop", ["CLinux"]),
        tests("EventLoop", ["EventLoop"]),
        cLibrary("CYAML", package: "libyaml-dev"),
        library("Codecs", ["CYAML"]),
        tests("Codecs", ["Codecs"]),
        library("Telemetry", ["Codecs"]),
        tests("Telemetry", ["Telemetry"]),
        library("CacheDomain", ["Codecs", "Telemetry"]),
        tests("CacheDomain", ["CacheDomain", "Codecs", "Conformance", "Telemetry", "TestSupport"]),
        library("Jobs", ["Codecs", "Telemetry"]),
        tests("Jobs", ["Jobs", "Codecs", "Conformance", "Telemetry", "TestSupport"]),
        .executableTarget(
            name: "CacheWorker",
            dependencies: ["Codecs", "RedisClient", "Telemetry"],
            swiftSettings: settings
        ),
        tests("CacheWorker", ["CacheWorker", "Codecs", "Telemetry", "TestSupport"]),
        .executableTarget(
            name: "JSONBenchmark",
            dependencies: ["Codecs", "Jobs"],
            path: "Benchmarks/json",
            exclude: ["simdjson_events.cpp", "run"],
            swiftSettings: settings
        ),
        cLibrary("CRabbitMQ", package: "librabbitmq-dev"),
        library("AMQPClient", ["CRabbitMQ", "EventLoop", "Telemetry"]),
        tests("AMQPClient", ["AMQPClient", "EventLoop", "TestSupport"]),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        tests("TestSupport", ["TestSupport"]),
        .target(
            name: "Conformance",
            dependencies: ["CacheDomain", "Jobs", "TestSupport"],
            path: "Tests/Conformance",
            swiftSettings: settings
        ),
        tests("Tidy"),
        cLibrary("CHiredis", package: "libhiredis-dev"),
        library("RedisClient", ["CHiredis", "EventLoop", "Telemetry"]),
        .executableTarget(
            name: "RedisBenchmark",
            dependencies: ["EventLoop", "RedisClient"],
            path: "Benchmarks/redis",
            exclude: ["hiredis_loop.c", "run"],
            swiftSettings: settings
        ),
        tests("RedisClient", ["RedisClient", "EventLoop", "Telemetry", "TestSupport"]),
        library(
            "Backends",
            ["EventLoop", "RedisClient", "Codecs", "CacheDomain", "Jobs", "Telemetry"]
        ),
        tests(
            "Backends",
            ["Backends", "EventLoop", "RedisClient", "CacheDomain", "Jobs", "TestSupport"]
        ),
    ]
)
