#include "redis_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "options.h"

// KEYS: seq, journal, keys to unlink. ARGV: channel, end of the message after its seq.
static const char script[] =
    "redis.call('UNLINK', unpack(KEYS, 3))\n"
    "local seq = redis.call('INCR', KEYS[1])\n"
    "local message = '{\"s\":' .. seq .. ARGV[2]\n"
    "redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, seq .. '-0', 'm', message)\n"
    "redis.call('PUBLISH', ARGV[1], message)\n"
    "return seq\n";

redisContext *redis_connect(int port) {
    redisContext *redis =
        redisConnectWithTimeout("127.0.0.1", port, (struct timeval){.tv_sec = CONNECT_SECONDS});
    if (!redis || redis->err) {
        fail("no Redis on port %d: %s", port, redis ? redis->errstr : "out of memory");
    }
    return redis;
}

redisReply *redis_reply(redisContext *redis) {
    void *reply;
    if (redisGetReply(redis, &reply) != REDIS_OK) fail("Redis: %s", redis->errstr);
    redisReply *answer = reply;
    if (answer->type == REDIS_REPLY_ERROR) fail("Redis: %s", answer->str);
    return answer;
}

void redis_skip_replies(redisContext *redis, long count) {
    while (count-- > 0) freeReplyObject(redis_reply(redis));
}

void redis_ensure_group(redisContext *redis) {
    redisReply *reply =
        redisCommand(redis, "XGROUP CREATE %s %s 0 MKSTREAM", STREAM_NAME, GROUP_NAME);
    if (!reply) fail("Redis: %s", redis->errstr);
    if (reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "BUSYGROUP", 9)) {
        fail("XGROUP CREATE: %s", reply->str);
    }
    freeReplyObject(reply);
}

struct invalidation invalidation_open(redisContext *redis, const char *node) {
    struct invalidation opened = {.redis = redis, .node = node};
    redisAppendCommand(redis, "SCRIPT LOAD %s", script);
    redisReply *reply = redis_reply(redis);
    if (reply->type != REDIS_REPLY_STRING || reply->len != SCRIPT_DIGEST_BYTES) {
        fail("SCRIPT LOAD gave no digest");
    }
    memcpy(opened.digest, reply->str, SCRIPT_DIGEST_BYTES);
    freeReplyObject(reply);
    return opened;
}

static void reserve(struct invalidation *invalidation, const struct key_batch *batch) {
    size_t parts = batch->keys.count + 7;
    if (parts > invalidation->argv_capacity) {
        invalidation->argv = realloc(invalidation->argv, parts * sizeof *invalidation->argv);
        invalidation->argv_bytes =
            realloc(invalidation->argv_bytes, parts * sizeof *invalidation->argv_bytes);
        invalidation->argv_capacity = parts;
    }
    size_t message_bytes = batch->key_list_used + strlen(invalidation->node) + 64;
    if (message_bytes > invalidation->message_capacity) {
        invalidation->message = realloc(invalidation->message, message_bytes);
        invalidation->message_capacity = message_bytes;
    }
    if (!invalidation->argv || !invalidation->argv_bytes || !invalidation->message) {
        fail("out of memory for %zu keys", batch->keys.count);
    }
}

static void part(struct invalidation *invalidation, size_t *count, const char *text, size_t bytes) {
    invalidation->argv[*count] = text;
    invalidation->argv_bytes[(*count)++] = bytes;
}

void invalidation_append(struct invalidation *invalidation, const struct key_batch *batch) {
    reserve(invalidation, batch);
    char key_count[24];
    int key_count_bytes = snprintf(key_count, sizeof key_count, "%zu", batch->keys.count + 2);
    int head = snprintf(invalidation->message, invalidation->message_capacity,
                        ",\"e\":\"bench\",\"n\":\"%s\",\"k\":[", invalidation->node);
    char *end = invalidation->message + head;
    memcpy(end, batch->key_list, batch->key_list_used);
    end += batch->key_list_used;
    *end++ = ']';
    *end++ = '}';

    size_t count = 0;
    part(invalidation, &count, "EVALSHA", 7);
    part(invalidation, &count, invalidation->digest, SCRIPT_DIGEST_BYTES);
    part(invalidation, &count, key_count, (size_t)key_count_bytes);
    part(invalidation, &count, SEQ_KEY, sizeof SEQ_KEY - 1);
    part(invalidation, &count, JOURNAL_KEY, sizeof JOURNAL_KEY - 1);
    for (size_t i = 0; i < batch->keys.count; i++) {
        struct span key = batch->keys.items[i];
        part(invalidation, &count, batch->bytes + key.offset, key.length);
    }
    part(invalidation, &count, COHERENCE_CHANNEL, sizeof COHERENCE_CHANNEL - 1);
    part(invalidation, &count, invalidation->message, (size_t)(end - invalidation->message));
    redisAppendCommandArgv(invalidation->redis, (int)count, invalidation->argv,
                           invalidation->argv_bytes);
}
