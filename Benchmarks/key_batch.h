/// The keys of one batch of events, and the ids of its stream entries.
///
/// All text lies in one arena that is reused from batch to batch; spans are offsets because the
/// arena may move when it grows.
#ifndef BENCH_KEY_BATCH_H
#define BENCH_KEY_BATCH_H

#include <stddef.h>

struct span {
    size_t offset;
    size_t length;
};

struct spans {
    struct span *items;
    size_t count;
    size_t capacity;
};

struct key_batch {
    char *bytes;
    size_t used;
    size_t capacity;
    struct spans keys;
    struct spans ids;
    char *key_list;  // the same keys as JSON text, `"a","b"`, for the coherence message
    size_t key_list_used;
    size_t key_list_capacity;
    size_t jobs;
};

void key_batch_clear(struct key_batch *batch);

/// Takes the strings of `"keys":[…]` out of one event.
///
/// This is the cheapest reading that is right for the events `fill` makes; it ends the program on
/// anything else (an escape, no keys), so that no figure comes from work left out.
void key_batch_add_event(struct key_batch *batch, const char *event, size_t length);

void key_batch_add_id(struct key_batch *batch, const char *id, size_t length);

#endif
