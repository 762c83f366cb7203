// libmicrohttpd: an HTTP/1.1 server with a thread of its own.
#ifndef CMICROHTTPD_SHIM_H
#define CMICROHTTPD_SHIM_H

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The names Swift gives to these cases depend on the version of the library.
static const enum MHD_Result cw_http_yes = MHD_YES;
static const enum MHD_Result cw_http_no = MHD_NO;

static inline const char *cw_http_header(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static inline void cw_http_query(struct MHD_Connection *connection, MHD_KeyValueIterator visit,
                                 void *context) {
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, visit, context);
}

static inline struct MHD_Response *cw_http_response(const void *body, size_t count) {
    return MHD_create_response_from_buffer(count, (void *)body, MHD_RESPMEM_MUST_COPY);
}

struct cw_http_limits {
    unsigned int connections;
    unsigned int connections_per_address;
    unsigned int timeout_seconds;
    size_t bytes_per_connection;
};

// MHD_start_daemon is variadic. Takes the listening socket over.
static inline struct MHD_Daemon *cw_http_start(int listener, MHD_AccessHandlerCallback handler,
                                               MHD_RequestCompletedCallback completed,
                                               void *context, struct cw_http_limits limits) {
    return MHD_start_daemon(
        MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handler, context,
        MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, limits.connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, limits.connections_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, limits.timeout_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits.bytes_per_connection,
        MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
        MHD_OPTION_END);
}

// struct sockaddr is a union by another name. The host is an IP address in digits.
// Gives the socket, or the negative of errno.
static inline int cw_http_listen(const char *host, uint16_t port, int backlog) {
    struct addrinfo hints, *found = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, NULL, &hints, &found) != 0) return -EADDRNOTAVAIL;
    int one = 1, error = 0;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (found->ai_family == AF_INET6) {
        ((struct sockaddr_in6 *)found->ai_addr)->sin6_port = htons(port);
    } else {
        ((struct sockaddr_in *)found->ai_addr)->sin_port = htons(port);
    }
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, backlog) != 0) {
        error = errno;
    }
    freeaddrinfo(found);
    if (error == 0) return fd;
    if (fd >= 0) close(fd);
    return -error;
}

// The port that a socket is bound to; 0 if it is none.
static inline uint16_t cw_http_port(int fd) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

#endif
