/// The physical limit on a quorum queue: what has arrived is a batch, one script applies it, one
/// `basic.ack` with `multiple` settles it while the broker already sends the next.
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "amqp_link.h"
#include "key_batch.h"
#include "names.h"
#include "progress.h"
#include "redis_link.h"

struct body {
    char *bytes;
    size_t capacity;
};

static void begin_consuming(struct amqp_link *link, const struct options *options) {
    amqp_basic_qos(link->connection, AMQP_CHANNEL, 0, (uint16_t)options->prefetch_jobs, 0);
    amqp_link_check(link, "basic.qos");
    amqp_basic_consume(link->connection, AMQP_CHANNEL, amqp_cstring_bytes(QUEUE_NAME),
                       amqp_cstring_bytes(options->name), 0, 0, 0, amqp_empty_table);
    amqp_link_check(link, "basic.consume");
}

/// Reads header and body of a delivery whose method frame has been read.
static void take_content(struct amqp_link *link, struct body *body, struct key_batch *batch) {
    amqp_frame_t frame = amqp_link_frame(link);
    if (frame.frame_type != AMQP_FRAME_HEADER) fail("a delivery without its header");
    size_t length = frame.payload.properties.body_size;
    size_t taken = 0;
    if (length > body->capacity) {
        body->bytes = realloc(body->bytes, length);
        body->capacity = length;
        if (!body->bytes) fail("out of memory for %zu bytes", length);
    }
    while (taken < length) {
        frame = amqp_link_frame(link);
        amqp_bytes_t part = frame.payload.body_fragment;
        if (frame.frame_type != AMQP_FRAME_BODY || part.len > length - taken) {
            fail("a delivery without its body");
        }
        memcpy(body->bytes + taken, part.bytes, part.len);
        taken += part.len;
    }
    key_batch_add_event(batch, body->bytes, length);
}

static bool has_arrived(struct amqp_link *link) {
    struct pollfd readable = {.fd = link->descriptor, .events = POLLIN};
    return amqp_data_in_buffer(link->connection) || amqp_frames_enqueued(link->connection) ||
           poll(&readable, 1, 0) > 0;
}

/// Waits for a delivery and takes all that have arrived with it; the last delivery's tag, or 0.
static uint64_t take_batch(struct amqp_link *link, struct body *body, struct key_batch *batch,
                           size_t most_jobs) {
    uint64_t last_tag = 0;
    amqp_frame_t frame;
    while (batch->jobs < most_jobs && (!batch->jobs || has_arrived(link))) {
        if (!amqp_link_frame_within(link, IDLE_MS, &frame)) break;
        if (frame.frame_type != AMQP_FRAME_METHOD ||
            frame.payload.method.id != AMQP_BASIC_DELIVER_METHOD) {
            continue;
        }
        amqp_basic_deliver_t *delivery = frame.payload.method.decoded;
        last_tag = delivery->delivery_tag;
        take_content(link, body, batch);
    }
    return last_tag;
}

static void apply(struct invalidation *invalidation, const struct key_batch *batch) {
    invalidation_append(invalidation, batch);
    redis_skip_replies(invalidation->redis, 1);
}

static void settle(struct amqp_link *link, uint64_t last_tag) {
    enum { MULTIPLE = 1 };
    int status = amqp_basic_ack(link->connection, AMQP_CHANNEL, last_tag, MULTIPLE);
    if (status) fail("basic.ack: %s", amqp_error_string2(status));
    amqp_maybe_release_buffers(link->connection);
}

int main(int argc, char **argv) {
    struct options options = options_parse(argc, argv);
    progress_catch_signals();
    struct amqp_link link = amqp_link_open(options.amqp_port);
    if (options.declare) amqp_link_declare(&link, &options);
    redisContext *redis = redis_connect(options.redis_port);
    struct invalidation invalidation = invalidation_open(redis, options.name);
    struct key_batch batch = {0};
    struct body body = {0};
    struct progress progress = {0};

    begin_consuming(&link, &options);
    while (!progress_stopped && (!options.count || progress.jobs < options.count)) {
        key_batch_clear(&batch);
        uint64_t last_tag = take_batch(&link, &body, &batch, options.batch_jobs);
        if (!batch.jobs) continue;
        apply(&invalidation, &batch);
        settle(&link, last_tag);
        progress_add(&progress, (long)batch.jobs);
    }
    amqp_link_close(&link);
    progress_print(&progress);
    return 0;
}
