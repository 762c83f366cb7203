#include "amqp_link.h"

#include <amqp_tcp_socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "names.h"

struct amqp_link amqp_link_open(int port) {
    struct amqp_link link = {.connection = amqp_new_connection()};
    amqp_socket_t *socket = amqp_tcp_socket_new(link.connection);
    struct timeval limit = {.tv_sec = 5};
    if (!socket) fail("out of memory for an AMQP socket");
    int status = amqp_socket_open_noblock(socket, "127.0.0.1", port, &limit);
    if (status) fail("no RabbitMQ on port %d: %s", port, amqp_error_string2(status));
    amqp_rpc_reply_t login = amqp_login(link.connection, "/", 1, AMQP_MAX_FRAME_BYTES, 0,
                                        AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    if (login.reply_type != AMQP_RESPONSE_NORMAL) fail("RabbitMQ refused the login");
    amqp_channel_open(link.connection, AMQP_CHANNEL);
    amqp_link_check(&link, "channel.open");
    link.descriptor = amqp_get_sockfd(link.connection);
    return link;
}

void amqp_link_close(struct amqp_link *link) {
    amqp_connection_close(link->connection, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(link->connection);
}

void amqp_link_check(struct amqp_link *link, const char *call) {
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(link->connection);
    switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL: return;
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
        fail("%s: %s", call, amqp_error_string2(reply.library_error));
    case AMQP_RESPONSE_SERVER_EXCEPTION:
        if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
            amqp_channel_close_t *closed = reply.reply.decoded;
            fail("%s: %.*s", call, (int)closed->reply_text.len,
                 (const char *)closed->reply_text.bytes);
        }
        fail("%s: the broker closed the connection", call);
    default: fail("%s: no answer", call);
    }
}

static amqp_table_entry_t queue_argument(const char *text) {
    const char *value = strchr(text, '=') + 1;
    char *end;
    amqp_table_entry_t entry = {
        .key = {.len = (size_t)(value - 1 - text), .bytes = (void *)(size_t)text},
        .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes(value)},
    };
    long number = strtol(value, &end, 10);
    if (*value && !*end) {
        entry.value = (amqp_field_value_t){.kind = AMQP_FIELD_KIND_I64, .value.i64 = number};
    }
    return entry;
}

void amqp_link_declare(struct amqp_link *link, const struct options *options) {
    amqp_table_entry_t entries[MAX_QUEUE_ARGUMENTS];
    for (size_t i = 0; i < options->queue_argument_count; i++) {
        entries[i] = queue_argument(options->queue_arguments[i]);
    }
    amqp_table_t arguments = {(int)options->queue_argument_count, entries};
    amqp_bytes_t exchange = amqp_cstring_bytes(EXCHANGE_NAME);
    amqp_bytes_t queue = amqp_cstring_bytes(QUEUE_NAME);
    amqp_exchange_declare(link->connection, AMQP_CHANNEL, exchange, amqp_cstring_bytes("topic"), 0,
                          1, 0, 0, amqp_empty_table);
    amqp_link_check(link, "exchange.declare");
    amqp_queue_declare(link->connection, AMQP_CHANNEL, queue, 0, 1, 0, 0, arguments);
    amqp_link_check(link, "queue.declare");
    amqp_queue_bind(link->connection, AMQP_CHANNEL, queue, exchange,
                    amqp_cstring_bytes(BINDING_KEY), amqp_empty_table);
    amqp_link_check(link, "queue.bind");
}

long amqp_link_queue_depth(struct amqp_link *link) {
    amqp_queue_declare_ok_t *declared =
        amqp_queue_declare(link->connection, AMQP_CHANNEL, amqp_cstring_bytes(QUEUE_NAME), 1, 0, 0,
                           0, amqp_empty_table);
    amqp_link_check(link, "queue.declare");
    return declared->message_count;
}

void amqp_link_publish(struct amqp_link *link, const char *event, size_t length) {
    enum { PERSISTENT = 2 };
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG,
        .content_type = amqp_cstring_bytes("application/json"),
        .delivery_mode = PERSISTENT,
    };
    int status = amqp_basic_publish(link->connection, AMQP_CHANNEL,
                                    amqp_cstring_bytes(EXCHANGE_NAME),
                                    amqp_cstring_bytes(ROUTING_KEY), 1, 0, &properties,
                                    (amqp_bytes_t){length, (void *)(size_t)event});
    if (status) fail("basic.publish: %s", amqp_error_string2(status));
}

static void check_frame(const amqp_frame_t *frame) {
    if (frame->frame_type != AMQP_FRAME_METHOD) return;
    switch (frame->payload.method.id) {
    case AMQP_CHANNEL_CLOSE_METHOD: {
        amqp_channel_close_t *closed = frame->payload.method.decoded;
        fail("channel closed: %.*s", (int)closed->reply_text.len,
             (const char *)closed->reply_text.bytes);
    }
    case AMQP_CONNECTION_CLOSE_METHOD: fail("the broker closed the connection");
    case AMQP_BASIC_CANCEL_METHOD: fail("the broker cancelled the consumer");
    case AMQP_BASIC_RETURN_METHOD: fail("a message was returned: no queue is bound");
    case AMQP_BASIC_NACK_METHOD: fail("a message was refused by the queue");
    default: return;
    }
}

amqp_frame_t amqp_link_frame(struct amqp_link *link) {
    amqp_frame_t frame;
    int status = amqp_simple_wait_frame(link->connection, &frame);
    if (status) fail("RabbitMQ: %s", amqp_error_string2(status));
    check_frame(&frame);
    return frame;
}

bool amqp_link_frame_within(struct amqp_link *link, int wait_ms, amqp_frame_t *frame) {
    struct timeval limit = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    int status = amqp_simple_wait_frame_noblock(link->connection, frame, &limit);
    if (status == AMQP_STATUS_TIMEOUT) return false;
    if (status) fail("RabbitMQ: %s", amqp_error_string2(status));
    check_frame(frame);
    return true;
}
