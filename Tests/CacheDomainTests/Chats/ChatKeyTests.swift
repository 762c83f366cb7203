import CacheDomain
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChatKeyTests {
    /// `hashlib.sha256("|".join(…).encode()).hexdigest()[:32]` in Python.
    @Test(arguments: [
        (["What is the company policy?"], "dad8be40782b9d40def3a3cbeb2e13b5"),
        (["  How do I request time off?  ", "u-1"], "8984c6007520088f06f865e953b4855d"),
        (["WHAT ARE THE BENEFITS?", "", "gpt-4"], "c988199a8da4eb3654797c8b3e54b4b1"),
        (["hi | there", "s", "m"], "f9cdddbfefbfe282d47c69ae8056104a"),
        ([""], "e3b0c44298fc1c149afbf4c8996fb924"),
    ])
    func `keys are those of services in Python`(parts: [String], digits: String) {
        let key = ChatKey(
            question: parts[0],
            session: parts.count > 1 ? parts[1] : "",
            model: parts.count > 2 ? parts[2] : ""
        )
        #expect(key.text == digits)
        #expect("\(key)" == digits)
    }

    @Test(arguments: [
        "what is  it", "\tWhat\nis it\r\n", "WHAT IS IT", "what\u{2003}is\u{A0}it",
    ])
    func `questions that differ in case and white space alone are one`(question: String) {
        #expect(ChatKey(question: question) == ChatKey(question: "what is it"))
    }

    @Test func `small letters of one capital are one`() {
        #expect(ChatKey(question: "ΤΙΣ") == ChatKey(question: "τις"))
        #expect(ChatKey(question: "STRASSE") == ChatKey(question: "straße"))
    }

    @Test func `other questions, sessions and models have other keys`() {
        let keys = [
            ChatKey(question: "what is it"), ChatKey(question: "whatisit"),
            ChatKey(question: "what is it", session: "a"),
            ChatKey(question: "what is it", model: "a"),
            ChatKey(question: "what is it", session: "a", model: "b"),
            ChatKey(question: "what is it", session: "A"),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.text.count == 32 })
    }

    @Test func `nobody can ask for another one's session within his question`() {
        let own = ChatKey(question: "what is it", session: "a", model: "m")
        #expect(ChatKey(question: "what is it|session:a|model:m") != own)
        #expect(ChatKey(question: "what is it|session:a", model: "m") != own)
        #expect(ChatKey(question: "what is it", session: "a|model:m") != own)
        // Nor can he make the text that such a question is told apart by.
        let marked = "\0" + "26,1|what is it|session:a|model:m|session:b"
        let crafted = ChatKey(question: marked)
        #expect(crafted != ChatKey(question: "what is it|session:a|model:m", session: "b"))
    }
}
