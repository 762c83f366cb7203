// The same work with hiredis' own blocking calls: the limit on this machine.
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

static void round_trips(redisContext *redis) {
    static double samples[20000];
    for (int i = 0; i < 20000; i++) {
        double start = now();
        freeReplyObject(redisCommand(redis, "GET key"));
        samples[i] = now() - start;
    }
    qsort(samples, 20000, sizeof *samples, ascending);
    printf("GET round trip, p50: %.0f ns\n", samples[10000]);
}

// What 64 callers at once could reach at best: 64 commands in a write.
static void pipelines(redisContext *redis) {
    double start = now();
    for (int round = 0; round < 5000; round++) {
        for (int i = 0; i < 64; i++) redisAppendCommand(redis, "SET caller:%d value", i);
        for (int i = 0; i < 64; i++) {
            void *reply;
            redisGetReply(redis, &reply);
            freeReplyObject(reply);
        }
    }
    printf("SET in pipelines of 64, each: %.0f ns\n", (now() - start) / (64 * 5000));
}

static void stream_reads(redisContext *redis) {
    const char *event = "{\"type\":\"cache.invalidate\",\"data\":{\"keys\":[\"app:user:123456\"]}}";
    freeReplyObject(redisCommand(redis, "DEL stream"));
    freeReplyObject(redisCommand(redis, "XGROUP CREATE stream workers 0 MKSTREAM"));
    for (int i = 0; i < 256 * 400; i++) redisAppendCommand(redis, "XADD stream * event %s", event);
    for (int i = 0; i < 256 * 400; i++) {
        void *reply;
        redisGetReply(redis, &reply);
        freeReplyObject(reply);
    }
    size_t entries = 0, bytes = 0;
    double start = now();
    for (int batch = 0; batch < 400; batch++) {
        redisReply *reply = redisCommand(
            redis, "XREADGROUP GROUP workers me COUNT 256 NOACK STREAMS stream >");
        redisReply *list = reply->element[0]->element[1];
        for (size_t i = 0; i < list->elements; i++) {
            redisReply *entry = list->element[i];
            bytes += entry->element[0]->len;
            for (size_t f = 0; f < entry->element[1]->elements; f++)
                bytes += entry->element[1]->element[f]->len;
        }
        entries += list->elements;
        freeReplyObject(reply);
    }
    printf("XREADGROUP COUNT 256, an entry: %.0f ns\n", (now() - start) / entries);
    printf("  %zu entries, %zu bytes\n", entries, bytes);
}

int main(int count, char **arguments) {
    if (count != 2) return 64;
    redisContext *redis = redisConnect("127.0.0.1", atoi(arguments[1]));
    if (redis == NULL || redis->err) return 69;
    freeReplyObject(redisCommand(redis, "FLUSHALL"));
    freeReplyObject(redisCommand(redis, "SET key value"));
    round_trips(redis);
    pipelines(redis);
    stream_reads(redis);
    return 0;
}
