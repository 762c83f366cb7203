/// Queues invalidations of distinct keys, `app:user:FIRST` and on, each in an event of its own.
///
/// Prints the depth of the queue before and after; with `--count 0` it only looks.
#include <stdio.h>
#include <stdlib.h>

#include "amqp_link.h"
#include "names.h"
#include "redis_link.h"

enum { PIPELINE_COMMANDS = 1000, UNCONFIRMED_MESSAGES = 2000, EVENT_BYTES = 128 };

static int write_event(char event[EVENT_BYTES], long number) {
    return snprintf(event, EVENT_BYTES,
                    "{\"type\":\"cache.invalidate\",\"data\":{\"keys\":[\"app:user:%ld\"]}}",
                    number);
}

static void set_keys(redisContext *redis, const struct options *options) {
    long waiting = 0;
    for (long i = 0; i < options->count; i++) {
        redisAppendCommand(redis, "SET app:user:%ld 1 EX 86400", options->first + i);
        if (++waiting == PIPELINE_COMMANDS) {
            redis_skip_replies(redis, waiting);
            waiting = 0;
        }
    }
    redis_skip_replies(redis, waiting);
}

static void fill_stream(redisContext *redis, const struct options *options) {
    long waiting = 0;
    for (long i = 0; i < options->count; i++) {
        char event[EVENT_BYTES];
        int length = write_event(event, options->first + i);
        redisAppendCommand(redis, "XADD %s * %s %b", STREAM_NAME, EVENT_FIELD, event,
                           (size_t)length);
        if (++waiting == PIPELINE_COMMANDS) {
            redis_skip_replies(redis, waiting);
            waiting = 0;
        }
    }
    redis_skip_replies(redis, waiting);
}

static long stream_depth(redisContext *redis) {
    redisAppendCommand(redis, "XLEN %s", STREAM_NAME);
    redisReply *reply = redis_reply(redis);
    long depth = (long)reply->integer;
    freeReplyObject(reply);
    return depth;
}

/// Confirms come singly or for all up to a tag; `confirmed` is indexed by tag.
struct confirms {
    char *confirmed;
    long lowest;  // every lower tag is confirmed
    long published;
    long waiting;
};

static void confirm(struct confirms *confirms, long tag, bool multiple) {
    if (tag > confirms->published) fail("a confirm of tag %ld, which was not published", tag);
    long from = multiple ? confirms->lowest : tag;
    for (long i = from; i <= tag; i++) {
        if (!confirms->confirmed[i]) confirms->waiting--;
        confirms->confirmed[i] = 1;
    }
    while (confirms->lowest <= confirms->published && confirms->confirmed[confirms->lowest]) {
        confirms->lowest++;
    }
}

static void wait_confirms(struct amqp_link *link, struct confirms *confirms, long most_waiting) {
    while (confirms->waiting > most_waiting) {
        amqp_frame_t frame = amqp_link_frame(link);
        if (frame.frame_type == AMQP_FRAME_METHOD &&
            frame.payload.method.id == AMQP_BASIC_ACK_METHOD) {
            amqp_basic_ack_t *ack = frame.payload.method.decoded;
            confirm(confirms, (long)ack->delivery_tag, ack->multiple);
        }
    }
    amqp_maybe_release_buffers(link->connection);
}

static void fill_queue(struct amqp_link *link, const struct options *options) {
    amqp_confirm_select(link->connection, AMQP_CHANNEL);
    amqp_link_check(link, "confirm.select");
    struct confirms confirms = {.confirmed = calloc((size_t)options->count + 1, 1), .lowest = 1};
    if (!confirms.confirmed) fail("out of memory for %ld messages", options->count);
    for (long i = 0; i < options->count; i++) {
        char event[EVENT_BYTES];
        int length = write_event(event, options->first + i);
        amqp_link_publish(link, event, (size_t)length);
        confirms.published++;
        confirms.waiting++;
        if (confirms.waiting == UNCONFIRMED_MESSAGES) {
            wait_confirms(link, &confirms, UNCONFIRMED_MESSAGES / 2);
        }
    }
    wait_confirms(link, &confirms, 0);
    free(confirms.confirmed);
}

int main(int argc, char **argv) {
    struct options options = options_parse(argc, argv);
    redisContext *redis = redis_connect(options.redis_port);
    long before, after;
    if (options.set_keys) set_keys(redis, &options);
    if (options.transport == TRANSPORT_STREAM) {
        redis_ensure_group(redis);
        before = stream_depth(redis);
        fill_stream(redis, &options);
        after = stream_depth(redis);
    } else {
        struct amqp_link link = amqp_link_open(options.amqp_port);
        before = amqp_link_queue_depth(&link);
        fill_queue(&link, &options);
        after = amqp_link_queue_depth(&link);
        amqp_link_close(&link);
    }
    redisFree(redis);
    printf("{\"before\":%ld,\"after\":%ld}\n", before, after);
    return 0;
}
