import EventLoop
import RedisClient
import Telemetry
import Testing

@Suite struct RedisURLTests {
    @Test func `addresses name host, port, database, user and password`() throws {
        let cases: [(String, Endpoint, Int, String?, String?)] = [
            ("redis://", .tcp(host: "127.0.0.1", port: 6379), 0, nil, nil),
            ("redis://cache", .tcp(host: "cache", port: 6379), 0, nil, nil),
            ("REDIS://h:1/", .tcp(host: "h", port: 1), 0, nil, nil),
            ("redis://h:65535/15", .tcp(host: "h", port: 65_535), 15, nil, nil),
            ("redis://[::1]:7000/2", .tcp(host: "::1", port: 7000), 2, nil, nil),
            ("redis://[::1]", .tcp(host: "::1", port: 6379), 0, nil, nil),
            ("redis://:pw@h", .tcp(host: "h", port: 6379), 0, nil, "pw"),
            ("redis://u:p%40%2F%3a@h:1", .tcp(host: "h", port: 1), 0, "u", "p@/:"),
            ("redis://u:a@b@h", .tcp(host: "h", port: 6379), 0, "u", "a@b"),
            ("redis://u@h", .tcp(host: "h", port: 6379), 0, "u", nil),
            ("unix:///run/redis.sock", .unix(path: "/run/redis.sock"), 0, nil, nil),
            ("unix://u:p@/run/a%20b?db=3", .unix(path: "/run/a b"), 3, "u", "p"),
        ]
        for (url, endpoint, database, user, password) in cases {
            let configuration = try RedisConfiguration(url: url)
            #expect(configuration.endpoint == endpoint, "\(url)")
            #expect(configuration.database == database, "\(url)")
            #expect(configuration.user == user, "\(url)")
            #expect(configuration.password?.revealed == password, "\(url)")
        }
    }

    @Test(arguments: [
        "localhost:6379", "http://secret@h", "redis://h:secret", "redis://h:0", "redis://h:70000",
        "redis://h/secret", "redis://h/-1", "redis://h/0?secret=1", "redis://:%zzsecret@h",
        "redis://:%4@h", "redis://[::1]secret", "unix://secret/path", "unix:///p?secret=1",
        "unix:///p?db=secret", "",
    ])
    func `a wrong address is refused without being repeated`(_ url: String) {
        #expect {
            _ = try RedisConfiguration(url: url)
        } throws: { error in
            error is RedisURLError && !"\(error)".contains("secret")
        }
    }

    @Test(arguments: ["rediss://h", "redis+sentinel://h", "redis+cluster://h"])
    func `a scheme of the future is refused by its name`(_ url: String) {
        #expect {
            _ = try RedisConfiguration(url: url)
        } throws: { error in
            "\(error)".contains(url.dropLast("h".count)) && "\(error)".contains("not supported yet")
        }
    }

    @Test func `no way of printing shows the password`() {
        let configuration = RedisConfiguration(
            endpoint: .tcp(host: "h", port: 1),
            user: "u",
            password: "hunter2"
        )
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("h:1"))
        }
    }
}
