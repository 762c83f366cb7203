/// Latency of an idle worker: publish one invalidation, wait until the coherence channel names
/// its key, and only then publish the next. Prints percentiles in microseconds.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amqp_link.h"
#include "names.h"
#include "progress.h"
#include "redis_link.h"

enum { SAMPLE_SECONDS = 20, DEFAULT_SAMPLES = 2000, KEY_BYTES = 64, EVENT_BYTES = 160 };

struct probe {
    enum transport transport;
    redisContext *publisher;
    redisContext *subscriber;
    struct amqp_link link;
};

static struct probe open_probe(const struct options *options) {
    struct probe probe = {
        .transport = options->transport,
        .publisher = redis_connect(options->redis_port),
        .subscriber = redis_connect(options->redis_port),
    };
    redisSetTimeout(probe.subscriber, (struct timeval){.tv_sec = SAMPLE_SECONDS});
    redisAppendCommand(probe.subscriber, "SUBSCRIBE %s", COHERENCE_CHANNEL);
    redis_skip_replies(probe.subscriber, 1);
    if (probe.transport == TRANSPORT_STREAM) {
        redis_ensure_group(probe.publisher);
    } else {
        probe.link = amqp_link_open(options->amqp_port);
    }
    return probe;
}

static void publish(struct probe *probe, const char *event, int length) {
    if (probe->transport == TRANSPORT_AMQP) {
        amqp_link_publish(&probe->link, event, (size_t)length);
        return;
    }
    redisAppendCommand(probe->publisher, "XADD %s * %s %b", STREAM_NAME, EVENT_FIELD, event,
                       (size_t)length);
    redis_skip_replies(probe->publisher, 1);
}

static void wait_named(struct probe *probe, const char *key, size_t length) {
    for (bool named = false; !named;) {
        void *message_reply;
        if (redisGetReply(probe->subscriber, &message_reply) != REDIS_OK) {
            fail("no message names %.*s: %s (is the worker running?)", (int)length, key,
                 probe->subscriber->errstr);
        }
        redisReply *reply = message_reply;
        if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 3) {
            redisReply *message = reply->element[2];
            named = message->str && memmem(message->str, message->len, key, length);
        }
        freeReplyObject(reply);
    }
}

static int64_t sample(struct probe *probe, long number) {
    char key[KEY_BYTES], event[EVENT_BYTES];
    int key_length = snprintf(key, sizeof key, "\"app:latency:%ld\"", number);
    int length = snprintf(event, sizeof event,
                          "{\"type\":\"cache.invalidate\",\"data\":{\"keys\":[%s]}}", key);
    int64_t start = monotonic_ns();
    publish(probe, event, length);
    wait_named(probe, key, (size_t)key_length);
    return monotonic_ns() - start;
}

static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static double percentile_us(const int64_t *sorted, long count, long percent) {
    return (double)sorted[(count - 1) * percent / 100] / 1000;
}

int main(int argc, char **argv) {
    struct options options = options_parse(argc, argv);
    long count = options.count ? options.count : DEFAULT_SAMPLES;
    int64_t *samples = calloc((size_t)count, sizeof *samples);
    if (!samples) fail("out of memory for %ld samples", count);
    struct probe probe = open_probe(&options);

    for (long i = 0; i < options.warmups; i++) sample(&probe, options.first + i);
    for (long i = 0; i < count; i++) {
        samples[i] = sample(&probe, options.first + options.warmups + i);
    }
    qsort(samples, (size_t)count, sizeof *samples, ascending);
    printf("{\"samples\":%ld,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f}\n", count,
           percentile_us(samples, count, 50), percentile_us(samples, count, 90),
           percentile_us(samples, count, 99));
    return 0;
}
