import CRabbitMQ

extension AMQPValue {
    /// Reads a value the scanner has passed, so the recursion is bounded.
    init(_ field: amqp_field_value_t) {
        let value = unsafe field.value
        self =
            switch unsafe Int(field.kind) {
            case Int(AMQP_FIELD_KIND_BOOLEAN.rawValue): unsafe .bool(value.boolean != 0)
            case Int(AMQP_FIELD_KIND_I8.rawValue): unsafe .integer(Int64(value.i8))
            case Int(AMQP_FIELD_KIND_U8.rawValue): unsafe .integer(Int64(value.u8))
            case Int(AMQP_FIELD_KIND_I16.rawValue): unsafe .integer(Int64(value.i16))
            case Int(AMQP_FIELD_KIND_U16.rawValue): unsafe .integer(Int64(value.u16))
            case Int(AMQP_FIELD_KIND_I32.rawValue): unsafe .integer(Int64(value.i32))
            case Int(AMQP_FIELD_KIND_U32.rawValue): unsafe .integer(Int64(value.u32))
            case Int(AMQP_FIELD_KIND_I64.rawValue): unsafe .integer(value.i64)
            case Int(AMQP_FIELD_KIND_U64.rawValue): unsafe Self.unsignedOrInteger(value.u64)
            case Int(AMQP_FIELD_KIND_F32.rawValue): unsafe .double(Double(value.f32))
            case Int(AMQP_FIELD_KIND_F64.rawValue): unsafe .double(value.f64)
            case Int(AMQP_FIELD_KIND_DECIMAL.rawValue):
                unsafe .decimal(scale: value.decimal.decimals, value.decimal.value)
            case Int(AMQP_FIELD_KIND_UTF8.rawValue): unsafe Self.stringOrBytes(value.bytes)
            case Int(AMQP_FIELD_KIND_BYTES.rawValue): unsafe .bytes(Array(value.bytes.buffer))
            case Int(AMQP_FIELD_KIND_TIMESTAMP.rawValue): unsafe .timestamp(value.u64)
            case Int(AMQP_FIELD_KIND_ARRAY.rawValue): unsafe .array(Self.list(value.array))
            case Int(AMQP_FIELD_KIND_TABLE.rawValue): unsafe .table(Self.table(value.table))
            default: .null
            }
    }

    static func table(_ table: amqp_table_t) -> AMQPTable {
        var result: AMQPTable = [:]
        let entries = unsafe UnsafeBufferPointer(
            start: table.entries,
            count: Int(table.num_entries)
        )
        for index in entries.indices {
            let entry = unsafe entries[index]
            result[unsafe entry.key.text] = unsafe AMQPValue(entry.value)
        }
        return result
    }

    private static func list(_ array: amqp_array_t) -> [AMQPValue] {
        let entries = unsafe UnsafeBufferPointer(
            start: array.entries,
            count: Int(array.num_entries)
        )
        return entries.indices.map { unsafe AMQPValue(entries[$0]) }
    }

    private static func stringOrBytes(_ bytes: amqp_bytes_t) -> AMQPValue {
        unsafe String(validating: bytes.buffer, as: UTF8.self).map { .string($0) }
            ?? .bytes(Array(bytes.buffer))
    }

    private static func unsignedOrInteger(_ value: UInt64) -> AMQPValue {
        Int64(exactly: value).map { .integer($0) } ?? .unsigned(value)
    }
}

// MARK: Encoding

extension CodecMemory {
    /// A table in the library's form, alive until `recycle`.
    func table(_ table: AMQPTable, depth: Int = 1) throws(AMQPError) -> amqp_table_t {
        guard !table.isEmpty else { return unsafe amqp_empty_table }
        guard depth <= TableScanner.maxDepth else {
            throw AMQPError(
                .configuration,
                "a table is nested deeper than \(TableScanner.maxDepth) levels"
            )
        }
        let stride = unsafe MemoryLayout<amqp_table_entry_t>.stride
        let room = try unsafe allocate(table.count * stride)
        let entries = unsafe room.bindMemory(to: amqp_table_entry_t.self, capacity: table.count)
        var count = 0
        // Sorted, so that the same table is always the same bytes.
        for (name, value) in table.sorted(by: { $0.key < $1.key }) {
            var entry = unsafe amqp_table_entry_t()
            unsafe entry.key = try shortString(name)
            unsafe entry.value = try field(value, depth: depth)
            unsafe (entries + count).initialize(to: entry)
            count += 1
        }
        return unsafe amqp_table_t(num_entries: Int32(count), entries: entries)
    }

    private func field(_ value: AMQPValue, depth: Int) throws(AMQPError) -> amqp_field_value_t {
        var field = unsafe amqp_field_value_t()
        func set(_ kind: amqp_field_value_kind_t) { unsafe field.kind = UInt8(kind.rawValue) }
        switch value {
        case .bool(let value):
            set(AMQP_FIELD_KIND_BOOLEAN)
            unsafe field.value.boolean = value ? 1 : 0
        case .integer(let value):
            set(AMQP_FIELD_KIND_I64)
            unsafe field.value.i64 = value
        case .unsigned(let value):
            set(AMQP_FIELD_KIND_U64)
            unsafe field.value.u64 = value
        case .double(let value):
            set(AMQP_FIELD_KIND_F64)
            unsafe field.value.f64 = value
        case .decimal(let scale, let value):
            set(AMQP_FIELD_KIND_DECIMAL)
            unsafe field.value.decimal = amqp_decimal_t(decimals: scale, value: value)
        case .string(let value):
            set(AMQP_FIELD_KIND_UTF8)
            unsafe field.value.bytes = try copy(value)
        case .bytes(let value):
            set(AMQP_FIELD_KIND_BYTES)
            unsafe field.value.bytes = try copy(value.span)
        case .timestamp(let value):
            set(AMQP_FIELD_KIND_TIMESTAMP)
            unsafe field.value.u64 = value
        case .array(let values):
            set(AMQP_FIELD_KIND_ARRAY)
            unsafe field.value.array = try array(values, depth: depth + 1)
        case .table(let value):
            set(AMQP_FIELD_KIND_TABLE)
            unsafe field.value.table = try table(value, depth: depth + 1)
        case .null:
            set(AMQP_FIELD_KIND_VOID)
        }
        return unsafe field
    }

    private func array(_ values: [AMQPValue], depth: Int) throws(AMQPError) -> amqp_array_t {
        guard !values.isEmpty else { return unsafe amqp_empty_array }
        guard depth <= TableScanner.maxDepth else {
            throw AMQPError(
                .configuration,
                "an array is nested deeper than \(TableScanner.maxDepth) levels"
            )
        }
        let stride = unsafe MemoryLayout<amqp_field_value_t>.stride
        let room = try unsafe allocate(values.count * stride)
        let entries = unsafe room.bindMemory(to: amqp_field_value_t.self, capacity: values.count)
        for (index, value) in values.enumerated() {
            unsafe (entries + index).initialize(to: try field(value, depth: depth))
        }
        return unsafe amqp_array_t(num_entries: Int32(values.count), entries: entries)
    }
}
