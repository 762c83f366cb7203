import CHiredis

/// Turns arguments into the bytes of a command with hiredis' formatter.
enum CommandFormatter {
    /// A command larger than this is refused by Redis too (its query buffer is limited to 1 GB).
    static let maxCommandBytes = 512 << 20
    /// Redis's limit of arguments.
    static let maxArguments = 1 << 20

    /// Appends the command; false when it is too large or memory is out, and then nothing happened.
    static func append(_ command: borrowing RedisCommand, to output: inout [UInt8]) -> Bool {
        let count = command.ends.count
        guard count <= maxArguments, command.bytes.count <= maxCommandBytes else { return false }
        return unsafe withUnsafeTemporaryAllocation(
            of: UnsafePointer<CChar>?.self,
            capacity: count
        ) { starts in
            unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { lengths in
                unsafe format(command, starts, lengths, to: &output)
            }
        }
    }

    private static func format(
        _ command: borrowing RedisCommand,
        _ starts: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>,
        _ lengths: UnsafeMutableBufferPointer<Int>,
        to output: inout [UInt8]
    ) -> Bool {
        unsafe command.bytes.withUnsafeBytes { raw in
            // hiredis reads no byte of an empty argument, but wants an address.
            let base = unsafe raw.baseAddress ?? UnsafeRawPointer(starts.baseAddress)
            var start = 0
            for index in 0..<command.ends.count {
                let end = Int(command.ends[index])
                unsafe starts.initializeElement(
                    at: index,
                    to: base.map { unsafe ($0 + start).assumingMemoryBound(to: CChar.self) }
                )
                unsafe lengths.initializeElement(at: index, to: end - start)
                start = end
            }
            var text: sds? = nil
            let length = unsafe redisFormatSdsCommandArgv(
                &text,
                Int32(command.ends.count),
                starts.baseAddress,
                lengths.baseAddress
            )
            guard length > 0, let text = unsafe text else { return false }
            unsafe output.append(
                contentsOf: UnsafeRawBufferPointer(start: text, count: Int(length))
            )
            unsafe redisFreeSdsCommand(text)
            return true
        }
    }
}
