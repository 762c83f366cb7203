/// One blocking connection to Redis and the commands the programs share.
#ifndef BENCH_REDIS_LINK_H
#define BENCH_REDIS_LINK_H

#include <hiredis/hiredis.h>

#include "key_batch.h"

enum { SCRIPT_DIGEST_BYTES = 40, CONNECT_SECONDS = 5 };

struct invalidation {
    redisContext *redis;
    const char *node;
    char digest[SCRIPT_DIGEST_BYTES + 1];
    const char **argv;
    size_t *argv_bytes;
    size_t argv_capacity;
    char *message;
    size_t message_capacity;
};

/// Connects to a port of this machine, or ends the program.
redisContext *redis_connect(int port);

/// Takes the next reply; an error or a lost connection ends the program.
redisReply *redis_reply(redisContext *redis);

/// Reads and frees `count` replies of a pipeline.
void redis_skip_replies(redisContext *redis, long count);

/// Creates stream and group at the beginning of the stream where they do not exist yet.
void redis_ensure_group(redisContext *redis);

/// Loads the script that applies a batch.
struct invalidation invalidation_open(redisContext *redis, const char *node);

/// Writes the one script call that unlinks, counts, journals and publishes a batch.
///
/// The caller reads its reply and only then acknowledges the batch.
void invalidation_append(struct invalidation *invalidation, const struct key_batch *batch);

#endif
