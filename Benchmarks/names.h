/// The names that producers and workers agree on (control prefix `cw`).
#ifndef BENCH_NAMES_H
#define BENCH_NAMES_H

#define STREAM_NAME "{cw}:jobs:invalidate"
#define GROUP_NAME "workers"
#define EVENT_FIELD "event"
#define SEQ_KEY "{cw}:seq"
#define JOURNAL_KEY "{cw}:journal"
#define COHERENCE_CHANNEL "{cw}:coherence"
#define EXCHANGE_NAME "cache.jobs"
#define QUEUE_NAME "cache.invalidate"
#define BINDING_KEY "invalidate.#"
#define ROUTING_KEY "invalidate.user"

#endif
