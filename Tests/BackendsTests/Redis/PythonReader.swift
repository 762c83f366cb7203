import TestSupport

/// A service in Python that makes keys as such services do, and reads and writes Redis with nothing
/// but its standard library.
enum PythonReader {
    /// Runs it on requests in JSON, and returns what it prints: a list of responses in JSON.
    static func run(on port: UInt16, _ requests: String) async throws -> String {
        try await Command.output(of: "python3", ["-c", program, "\(port)"], input: requests)
    }

    private static let program = #"""
        import hashlib, json, socket, sys, zlib


        def name(text):
            if len(text) <= 1000:
                return text.replace("|", "_").replace(":", "_")
            hasher = hashlib.sha256()
            hasher.update(text.encode("utf-8"))
            hasher.update(f"len:{len(text)}".encode("utf-8"))
            hasher.update(f"words:{len(text.split())}".encode("utf-8"))
            return f"hash:{hasher.hexdigest()[:16]}"


        def short(text):
            return hashlib.md5(text.encode()).hexdigest()[:8]


        def key(text, operation, options, question):
            parts = [f"op:{operation}", f"txt:{name(text)}"]
            if options:
                said = "&".join(f"{k}={v}" for k, v in sorted(options.items()))
                parts.append("opts:" + short(said))
            if question:
                parts.append("q:" + short(question))
            return "ai_cache:" + "|".join(parts)


        def command(stream, *words):
            words = [word.encode() for word in words]
            stream.write(b"*%d\r\n" % len(words))
            for word in words:
                stream.write(b"$%d\r\n%s\r\n" % (len(word), word))
            stream.flush()
            line = stream.readline()
            if line[:1] != b"$" or line == b"$-1\r\n":
                return None
            return stream.read(int(line[1:]) + 2)[:-2]


        def response(data):
            if data is None:
                return None
            if data[:4] == b"\xf8zl\x01":
                data = zlib.decompress(data[8:])
            return json.loads(data)


        with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
            stream = connection.makefile("rwb")
            found = []
            for request in json.load(sys.stdin):
                parts = ("text", "operation", "options", "question")
                asked = key(*[request[part] for part in parts])
                if "response" in request:
                    command(stream, "SETEX", asked, "60", json.dumps(request["response"]))
                found.append(response(command(stream, "GET", asked)))
            print(json.dumps(found))
        """#
}
