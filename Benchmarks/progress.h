/// What a loop has done: jobs, the time from its first to its last batch, CPU and memory.
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include <signal.h>
#include <stdint.h>

struct progress {
    long jobs;
    long first_batch_jobs;  // done before the clock started
    int64_t first_ns;
    int64_t last_ns;
};

/// Set by SIGTERM and SIGINT; loops look at it whenever they have waited `IDLE_MS`.
extern volatile sig_atomic_t progress_stopped;

enum { IDLE_MS = 200 };

int64_t monotonic_ns(void);
void progress_catch_signals(void);
void progress_add(struct progress *progress, long jobs);

/// Prints one line of JSON.
void progress_print(const struct progress *progress);

#endif
