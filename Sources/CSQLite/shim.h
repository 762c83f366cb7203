// SQLite, the database inside the process.
#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast of -1 to a function pointer, which Swift does not import.
static inline int cw_sqlite3_bind_text(
    sqlite3_stmt *statement, int index, const char *bytes, int count
) {
    return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int cw_sqlite3_bind_blob(
    sqlite3_stmt *statement, int index, const void *bytes, int count
) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline void cw_sqlite3_result_text(
    sqlite3_context *context, const char *bytes, int count
) {
    sqlite3_result_text(context, bytes, count, SQLITE_TRANSIENT);
}

#endif
