#define _GNU_SOURCE
#include "progress.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

volatile sig_atomic_t progress_stopped;

static void stop(int signal) {
    (void)signal;
    progress_stopped = 1;
}

int64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void progress_catch_signals(void) {
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

void progress_add(struct progress *progress, long jobs) {
    progress->last_ns = monotonic_ns();
    if (!progress->jobs) {
        progress->first_ns = progress->last_ns;
        progress->first_batch_jobs = jobs;
    }
    progress->jobs += jobs;
}

/// The kernel's figure for this program alone; `ru_maxrss` would begin with that of the parent.
static long peak_rss_kb(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kilobytes = 0;
    while (status && fgets(line, sizeof line, status)) {
        if (sscanf(line, "VmHWM: %ld", &kilobytes) == 1) break;
    }
    if (status) fclose(status);
    return kilobytes;
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

void progress_print(const struct progress *progress) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double elapsed = (double)(progress->last_ns - progress->first_ns) / 1e9;
    long timed = progress->jobs - progress->first_batch_jobs;
    printf("{\"jobs\":%ld,\"jobs_per_s\":%.0f,\"cpu_s\":%.3f,\"peak_rss_kb\":%ld}\n",
           progress->jobs, elapsed > 0 ? (double)timed / elapsed : 0,
           seconds(usage.ru_utime) + seconds(usage.ru_stime), peak_rss_kb());
}
