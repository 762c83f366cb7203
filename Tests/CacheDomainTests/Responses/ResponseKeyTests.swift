import CacheDomain
import Testing

@Suite(.timeLimit(.minutes(1))) struct ResponseKeyTests {
    private func key(
        _ text: String,
        _ operation: String,
        _ options: [String: OptionValue] = [:],
        question: String = "",
        form: ResponseKeyForm = .shared
    ) -> String {
        let request = ResponseRequest(
            text: text,
            operation: operation,
            options: options,
            question: question
        )
        return ResponseKey(of: request, form: form).text
    }

    @Test func `short texts are readable, as in the keys of services in Python`() {
        #expect(
            key("Test text", "summarize", ["max_length": 100])
                == "op:summarize|txt:Test text|opts:5104236b"
        )
        #expect(
            key("a:b|c", "summarize", ["model": "gpt-4", "max_length": 100])
                == "op:summarize|txt:a_b_c|opts:7090d258"
        )
        #expect(
            key("Document content", "qa", question: "What is this about?")
                == "op:qa|txt:Document content|q:b8632e50"
        )
        let thousand = String(repeating: "A", count: 1000)
        #expect(key(thousand, "key_points") == "op:key_points|txt:\(thousand)")
    }

    @Test func `options of all simple types are spelt as in Python`() {
        let options: [String: OptionValue] = [
            "temperature": 0.7, "stream": false, "stop": nil, "top_p": 1.0, "z": 1e-05,
            "big": 1e16, "\u{E9}": "\u{FC}", "Z": true,
        ]
        #expect(
            key("Zo\u{EB} \u{1F600}", "sentiment", options)
                == "op:sentiment|txt:Zo\u{EB} \u{1F600}|opts:e0ba18c5"
        )
    }

    @Test func `long texts are hashed with their length and words, as in Python`() {
        #expect(
            key(String(repeating: "A", count: 1001), "key_points")
                == "op:key_points|txt:hash:564869f68dbdc44f"
        )
        let line = "word \u{A0}two\u{2003}three\u{1C}four\n"
        let text = String(repeating: line, count: 60) + "\u{E9}\u{E9}\u{E9}"
        #expect(
            key(text, "summarize", ["max_length": 100], question: "Why?")
                == "op:summarize|txt:hash:11b161d168b94852|opts:5104236b|q:2673ce82"
        )
        #expect(
            key(String(repeating: "lorem ipsum ", count: 10_000), "summarize")
                == "op:summarize|txt:hash:021f906c5cdf2b1d"
        )
    }

    @Test func `the order of options, at any depth, makes no other key`() {
        for form in ResponseKeyForm.allCases {
            let one = key("t", "o", ["a": 1, "b": ["x": [1, "2"], "y": nil]], form: form)
            let other = key("t", "o", ["b": ["y": nil, "x": [1, "2"]], "a": 1], form: form)
            #expect(one == other)
            #expect(one != key("t", "o", ["a": 1, "b": ["x": ["2", 1], "y": nil]], form: form))
        }
    }

    @Test func `exact keys are different for all that is different`() {
        func exact(_ text: String, _ options: [String: OptionValue] = [:]) -> String {
            key(text, "o", options, form: .exact)
        }
        let texts = ["a:b", "a_b", "a|b", "hash:0", "a"].map { exact($0) }
        #expect(Set(texts).count == texts.count)
        #expect(texts[1] == "op:o|txt:a_b")
        let options: [[String: OptionValue]] = [
            ["a": "1&b=2"], ["a": "1", "b": "2"], ["a": 1], ["a": "1"], ["a": true],
            ["a": "True"], ["a": nil], ["a": "None"],
        ]
        #expect(Set(options.map { exact("t", $0) }).count == options.count)
    }

    @Test func `a bar in the name of an operation ends no part`() {
        #expect(key("t", "a|txt:b") == "op:a_txt:b|txt:t")
    }

    @Test func `a key knows what it was made from`() {
        let text = String(repeating: "e\u{301}", count: 501)
        let key = ResponseKey(of: ResponseRequest(text: text, operation: "o"))
        #expect(key.textLength == 1002)
        #expect(key.isHashed)
        let whole = ResponseKey(
            of: ResponseRequest(text: text, operation: "o"),
            hashThreshold: 1002
        )
        #expect(!whole.isHashed)
    }

    @Test func `tiers begin at their limits`() {
        let tiers = TextTiers()
        let lengths = [0, 499, 500, 4999, 5000, 49_999, 50_000]
        #expect(
            lengths.map { tiers.tier(ofLength: $0).rawValue }
                == ["small", "small", "medium", "medium", "large", "large", "xlarge"]
        )
    }
}
