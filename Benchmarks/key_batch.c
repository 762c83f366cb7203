#define _GNU_SOURCE
#include "key_batch.h"

#include <stdlib.h>
#include <string.h>

#include "options.h"

static const char keys_mark[] = "\"keys\":[";

static void *grown(void *items, size_t *capacity, size_t needed, size_t item_bytes) {
    if (needed <= *capacity) return items;
    size_t wanted = *capacity ? *capacity * 2 : 1024;
    while (wanted < needed) wanted *= 2;
    items = realloc(items, wanted * item_bytes);
    if (!items) fail("out of memory for %zu items", wanted);
    *capacity = wanted;
    return items;
}

static void add_span(struct key_batch *batch, struct spans *spans, const char *text,
                     size_t length) {
    batch->bytes = grown(batch->bytes, &batch->capacity, batch->used + length, 1);
    memcpy(batch->bytes + batch->used, text, length);
    spans->items = grown(spans->items, &spans->capacity, spans->count + 1, sizeof *spans->items);
    spans->items[spans->count++] = (struct span){batch->used, length};
    batch->used += length;
}

static void add_key_list(struct key_batch *batch, const char *list, size_t length) {
    size_t needed = batch->key_list_used + length + 1;
    batch->key_list = grown(batch->key_list, &batch->key_list_capacity, needed, 1);
    if (batch->key_list_used) batch->key_list[batch->key_list_used++] = ',';
    memcpy(batch->key_list + batch->key_list_used, list, length);
    batch->key_list_used += length;
}

void key_batch_clear(struct key_batch *batch) {
    batch->used = batch->key_list_used = batch->jobs = 0;
    batch->keys.count = batch->ids.count = 0;
}

void key_batch_add_event(struct key_batch *batch, const char *event, size_t length) {
    const char *end = event + length;
    const char *mark = memmem(event, length, keys_mark, sizeof keys_mark - 1);
    if (!mark || memchr(event, '\\', length)) fail("cannot read %.*s", (int)length, event);
    const char *list = mark + sizeof keys_mark - 1;
    const char *at = list;
    for (;;) {
        if (at >= end || *at != '"') break;
        const char *key = at + 1;
        const char *quote = memchr(key, '"', (size_t)(end - key));
        if (!quote) break;
        add_span(batch, &batch->keys, key, (size_t)(quote - key));
        at = quote + 1;
        if (at < end && *at == ']') {
            add_key_list(batch, list, (size_t)(at - list));
            batch->jobs++;
            return;
        }
        if (at >= end || *at++ != ',') break;
    }
    fail("cannot read %.*s", (int)length, event);
}

void key_batch_add_id(struct key_batch *batch, const char *id, size_t length) {
    add_span(batch, &batch->ids, id, length);
}
