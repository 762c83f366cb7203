/// The command line that all programs of this folder share.
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_QUEUE_ARGUMENTS = 16, MAX_BATCH_JOBS = 4096 };

enum transport { TRANSPORT_STREAM, TRANSPORT_AMQP };

struct options {
    int redis_port;
    int amqp_port;
    enum transport transport;
    const char *name;   // consumer name, and the node in coherence messages
    size_t batch_jobs;  // most jobs of one batch
    int prefetch_jobs;  // AMQP only
    long count;         // jobs to do; 0 means until SIGTERM
    long first;         // number in the first key
    long warmups;       // latency only: samples thrown away first
    bool set_keys;      // fill only: SET each key before it is queued
    bool declare;       // amqp_loop only: declare exchange, queue and binding
    const char *queue_arguments[MAX_QUEUE_ARGUMENTS];  // NAME=VALUE
    size_t queue_argument_count;
};

/// Reads the command line, or prints the usage and ends with status 64.
struct options options_parse(int argc, char **argv);

/// Prints a message to standard error and ends with status 70.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
