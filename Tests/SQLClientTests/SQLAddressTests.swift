import Testing

@testable import SQLClient

@Suite struct SQLAddressTests {
    @Test func `an address names a file, the memory or a server`() throws {
        #expect(try SQLAddress("sqlite:///var/lib/a.db").kind == .sqlite(path: "/var/lib/a.db"))
        #expect(try SQLAddress("sqlite:a.db").kind == .sqlite(path: "a.db"))
        #expect(try SQLAddress("sqlite::memory:").isInMemory)
        let server = "postgres://u@localhost:5432/d?sslmode=disable"
        #expect(try SQLAddress(server).kind == .postgres(address: server))
    }

    @Test(arguments: [
        "", "sqlite", "sqlite:", "sqlite://host/a.db", "postgres:d", "mysql://h/d", "/a.db",
    ])
    func `what is no address is refused with what is right`(text: String) {
        #expect(throws: SQLAddress.Fault.self) { try SQLAddress(text) }
    }
}
