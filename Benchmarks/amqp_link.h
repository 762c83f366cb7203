/// One blocking connection to RabbitMQ with one channel.
#ifndef BENCH_AMQP_LINK_H
#define BENCH_AMQP_LINK_H

#include <amqp.h>
#include <stddef.h>

#include "options.h"

enum { AMQP_CHANNEL = 1, AMQP_MAX_FRAME_BYTES = 131072 };

struct amqp_link {
    amqp_connection_state_t connection;
    int descriptor;
};

/// Connects to a port of this machine as guest, or ends the program.
struct amqp_link amqp_link_open(int port);

void amqp_link_close(struct amqp_link *link);

/// Ends the program when the last call was refused, saying which call and why.
void amqp_link_check(struct amqp_link *link, const char *call);

/// Declares the exchange, the quorum queue with the arguments of the options, and the binding.
void amqp_link_declare(struct amqp_link *link, const struct options *options);

/// The number of ready messages of the queue, which must exist.
long amqp_link_queue_depth(struct amqp_link *link);

/// Publishes one persistent event to the exchange, to be returned when no queue takes it.
void amqp_link_publish(struct amqp_link *link, const char *event, size_t length);

/// Takes the next frame; a closed channel or connection ends the program.
amqp_frame_t amqp_link_frame(struct amqp_link *link);

/// The same with a longest wait; false when it passed.
bool amqp_link_frame_within(struct amqp_link *link, int wait_ms, amqp_frame_t *frame);

#endif
