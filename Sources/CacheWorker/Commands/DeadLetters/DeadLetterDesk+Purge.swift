import Jobs

extension DeadLetterDesk {
    /// Deletes letters, each after it was stored in the file, if there is one.
    func purge(_ purge: DeadLetterPurge) async throws(DeadLetterError) -> ExitStatus {
        let archive = purge.isConfirmed ? try purge.file.map(DeadLetterArchive.open) : nil
        defer { archive?.close() }
        var count = 0
        var unreadCount = 0
        let missing = try await forEachPage(of: purge.selection) {
            (session, letters) throws(DeadLetterError) in
            // What cannot be read cannot be stored elsewhere, and so is not deleted.
            let found = letters.count
            let letters = letters.filter { purge.file == nil || $0.unreadByteCount == nil }
            unreadCount += found - letters.count
            guard purge.isConfirmed else {
                count += letters.count
                return
            }
            if let archive { try archive.append(letters.map { $0.json(at: now, isWhole: true) }) }
            count += try await session.remove(letters).count { $0 }
        }
        if unreadCount > 0 {
            tell("\(unreadCount) letters are too large to be stored elsewhere, and are kept")
        }
        guard purge.isConfirmed else {
            tell("\(count) letters would be deleted; add --yes to delete them")
            return .usage
        }
        print(isJSON ? "{\"deleted\":\(count)}" : "\(count)")
        return missing.isEmpty && unreadCount == 0 ? .ok : .badInput
    }
}

/// A file that dead letters are written to, one JSON object a line, before they are deleted.
private struct DeadLetterArchive {
    let path: String
    let descriptor: Int32

    static func open(_ path: String) throws(DeadLetterError) -> DeadLetterArchive {
        do throws(FileFault) {
            return DeadLetterArchive(
                path: path,
                descriptor: try HostSystem.openForAppending(path)
            )
        } catch {
            throw DeadLetterError(.notWritten, "\(path) \(error); nothing was deleted")
        }
    }

    /// Returns when the lines are on the disk.
    func append(_ lines: [[UInt8]]) throws(DeadLetterError) {
        do throws(FileFault) {
            try HostSystem.append(lines.flatMap { $0 + [UInt8(ascii: "\n")] }, to: descriptor)
        } catch {
            throw DeadLetterError(.notWritten, "\(path) \(error); letters not written are kept")
        }
    }

    func close() { HostSystem.close(descriptor) }
}
