/// The physical limit on a Redis stream: read a batch, apply it with one script, acknowledge it.
///
/// The acknowledgement goes out with the next read, in one write, and only after the script has
/// answered. Sending the next read together with the script was measured too: no faster, Redis
/// itself is the limit. hiredis runs with object functions of ours, so a reply makes no objects:
/// ids and events go straight from the read buffer into the batch.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key_batch.h"
#include "names.h"
#include "options.h"
#include "progress.h"
#include "redis_link.h"

// Levels of an XREADGROUP reply: [[stream, [[id, [field, value, …]], …]]].
enum { ID_LEVEL = 4, FIELD_LEVEL = 5 };

static char no_object;  // hiredis wants a pointer for each reply; nothing is ever read from it

static int level(const redisReadTask *task) {
    int levels = 0;
    while ((task = task->parent)) levels++;
    return levels;
}

static void *take_string(const redisReadTask *task, char *text, size_t length) {
    if (task->type == REDIS_REPLY_ERROR) fail("Redis: %.*s", (int)length, text);
    int at = level(task);
    if (at == ID_LEVEL) key_batch_add_id(task->privdata, text, length);
    if (at == FIELD_LEVEL && task->idx == 1) key_batch_add_event(task->privdata, text, length);
    return &no_object;
}

static void *take_array(const redisReadTask *task, int count) {
    if (level(task) == ID_LEVEL && count != 2) fail("an entry with more than the event field");
    return &no_object;
}

static void *take_integer(const redisReadTask *task, long long value) {
    (void)task, (void)value;
    return &no_object;
}

static void *take_nil(const redisReadTask *task) {
    (void)task;
    return &no_object;
}

static void keep_object(void *object) {
    (void)object;
}

static redisReplyObjectFunctions into_batch = {
    .createString = take_string,
    .createArray = take_array,
    .createInteger = take_integer,
    .createNil = take_nil,
    .freeObject = keep_object,
};

static void wait_reply(redisContext *redis) {
    void *reply;
    if (redisGetReply(redis, &reply) != REDIS_OK) fail("Redis: %s", redis->errstr);
}

static void append_read(redisContext *redis, const struct options *options) {
    redisAppendCommand(redis, "XREADGROUP GROUP %s %s COUNT %d BLOCK %d STREAMS %s >", GROUP_NAME,
                       options->name, (int)options->batch_jobs, IDLE_MS, STREAM_NAME);
}

static void append_ack(redisContext *redis, const struct key_batch *batch) {
    static const char *argv[MAX_BATCH_JOBS + 3] = {"XACK", STREAM_NAME, GROUP_NAME};
    static size_t bytes[MAX_BATCH_JOBS + 3] = {4, sizeof STREAM_NAME - 1, sizeof GROUP_NAME - 1};
    for (size_t i = 0; i < batch->ids.count; i++) {
        argv[i + 3] = batch->bytes + batch->ids.items[i].offset;
        bytes[i + 3] = batch->ids.items[i].length;
    }
    redisAppendCommandArgv(redis, (int)batch->ids.count + 3, argv, bytes);
}

static void apply(struct invalidation *invalidation, const struct key_batch *batch) {
    if (batch->ids.count != batch->jobs) fail("an entry without an event");
    invalidation_append(invalidation, batch);
    wait_reply(invalidation->redis);
}

int main(int argc, char **argv) {
    struct options options = options_parse(argc, argv);
    progress_catch_signals();
    redisContext *redis = redis_connect(options.redis_port);
    redis_ensure_group(redis);
    struct invalidation invalidation = invalidation_open(redis, options.name);
    struct key_batch batch = {0};
    struct progress progress = {0};
    redis->reader->fn = &into_batch;
    redis->reader->privdata = &batch;

    while (!progress_stopped && (!options.count || progress.jobs < options.count)) {
        bool acknowledge = batch.jobs > 0;
        if (acknowledge) append_ack(redis, &batch);
        append_read(redis, &options);
        if (acknowledge) wait_reply(redis);
        key_batch_clear(&batch);
        wait_reply(redis);
        if (!batch.jobs) continue;
        apply(&invalidation, &batch);
        progress_add(&progress, (long)batch.jobs);
    }
    if (batch.jobs) {
        append_ack(redis, &batch);
        wait_reply(redis);
    }
    progress_print(&progress);
    return 0;
}
