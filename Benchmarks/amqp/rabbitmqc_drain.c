// Consumes and acknowledges with rabbitmq-c's own blocking calls: the line to measure against.
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

enum { PREFETCH = 512, ACK_EVERY = 256 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv) {
    if (argc != 3) return fprintf(stderr, "usage: rabbitmqc_drain PORT COUNT\n"), 64;
    int count = atoi(argv[2]);
    amqp_connection_state_t c = amqp_new_connection();
    if (amqp_socket_open(amqp_tcp_socket_new(c), "127.0.0.1", atoi(argv[1]))) return 69;
    amqp_login(c, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    amqp_channel_open(c, 1);
    amqp_basic_qos(c, 1, 0, PREFETCH, 0);
    amqp_basic_consume(c, 1, amqp_cstring_bytes("bench"), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    if (amqp_get_rpc_reply(c).reply_type != AMQP_RESPONSE_NORMAL) return 69;
    double start = 0, used = 0;
    for (int i = 1; i <= count; i++) {
        amqp_envelope_t envelope;
        amqp_maybe_release_buffers(c);
        if (amqp_consume_message(c, &envelope, NULL, 0).reply_type != AMQP_RESPONSE_NORMAL) return 70;
        if (i == 1) start = now(), used = cpu();
        if (i % ACK_EVERY == 0 || i == count) amqp_basic_ack(c, 1, envelope.delivery_tag, 1);
        amqp_destroy_envelope(&envelope);
    }
    printf("drain: %.0f msg/s, %.2f us CPU a message\n", count / (now() - start),
           (cpu() - used) / count * 1e6);
    amqp_connection_close(c, AMQP_REPLY_SUCCESS);
    return 0;
}
