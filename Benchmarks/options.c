#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 64, EXIT_SOFTWARE = 70 };

static const char usage_text[] =
    "options:\n"
    "  --redis-port PORT            default 6379\n"
    "  --amqp-port PORT             default 5672\n"
    "  --transport stream|amqp      fill and latency; default stream\n"
    "  --name NAME                  consumer name; default bench\n"
    "  --batch JOBS                 most jobs of one batch, to 4096; default 256\n"
    "  --prefetch JOBS              amqp_loop; default 512\n"
    "  --count JOBS                 jobs, messages or samples; loops: 0 = until SIGTERM\n"
    "  --first NUMBER               number in the first key; default 0\n"
    "  --warmups SAMPLES            latency; default 200\n"
    "  --set                        fill: SET each key first\n"
    "  --declare                    amqp_loop: declare exchange, queue and binding\n"
    "  --queue-argument NAME=VALUE  with --declare; repeatable; digits are a number\n";

static _Noreturn void usage(const char *program) {
    fprintf(stderr, "usage: %s [options]\n%s", program, usage_text);
    exit(EXIT_USAGE);
}

_Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_SOFTWARE);
}

static long number(const char *program, const char *text, long low, long high) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < low || value > high) {
        fprintf(stderr, "%s is not a number from %ld to %ld\n", text, low, high);
        usage(program);
    }
    return value;
}

static enum transport transport(const char *program, const char *text) {
    if (!strcmp(text, "stream")) return TRANSPORT_STREAM;
    if (!strcmp(text, "amqp")) return TRANSPORT_AMQP;
    usage(program);
}

static void add_queue_argument(struct options *options, const char *program, const char *text) {
    if (options->queue_argument_count == MAX_QUEUE_ARGUMENTS || !strchr(text, '=')) usage(program);
    options->queue_arguments[options->queue_argument_count++] = text;
}

static const struct option names[] = {
    {"redis-port", required_argument, NULL, 'r'}, {"amqp-port", required_argument, NULL, 'a'},
    {"transport", required_argument, NULL, 't'},  {"name", required_argument, NULL, 'n'},
    {"batch", required_argument, NULL, 'b'},      {"prefetch", required_argument, NULL, 'p'},
    {"count", required_argument, NULL, 'c'},      {"first", required_argument, NULL, 'f'},
    {"warmups", required_argument, NULL, 'w'},    {"set", no_argument, NULL, 's'},
    {"declare", no_argument, NULL, 'd'},          {"queue-argument", required_argument, NULL, 'q'},
    {NULL, 0, NULL, 0},
};

struct options options_parse(int argc, char **argv) {
    const long most = 1000000000;
    struct options options = {
        .redis_port = 6379,
        .amqp_port = 5672,
        .name = "bench",
        .batch_jobs = 256,
        .prefetch_jobs = 512,
        .warmups = 200,
    };
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 'r': options.redis_port = (int)number(argv[0], optarg, 1, 65535); break;
        case 'a': options.amqp_port = (int)number(argv[0], optarg, 1, 65535); break;
        case 't': options.transport = transport(argv[0], optarg); break;
        case 'n': options.name = optarg; break;
        case 'b': options.batch_jobs = (size_t)number(argv[0], optarg, 1, MAX_BATCH_JOBS); break;
        case 'p': options.prefetch_jobs = (int)number(argv[0], optarg, 1, 65535); break;
        case 'c': options.count = number(argv[0], optarg, 0, most); break;
        case 'f': options.first = number(argv[0], optarg, 0, most); break;
        case 'w': options.warmups = number(argv[0], optarg, 0, most); break;
        case 's': options.set_keys = true; break;
        case 'd': options.declare = true; break;
        case 'q': add_queue_argument(&options, argv[0], optarg); break;
        default: usage(argv[0]);
        }
    }
    if (optind != argc) usage(argv[0]);
    return options;
}
