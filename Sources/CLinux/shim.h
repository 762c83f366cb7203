// What EventLoop needs of Linux and Glibc's Swift overlay does not carry.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// EPOLL_EVENTS and the socket type flags are enumerations in glibc: Swift would see three types.
static const uint32_t cw_epoll_in = EPOLLIN;
static const uint32_t cw_epoll_out = EPOLLOUT;
static const uint32_t cw_epoll_failed = EPOLLERR | EPOLLHUP;

// struct epoll_event holds a union with a pointer, unsafe to Swift as a whole.
static inline int cw_epoll_control(int epoll, int operation, int fd, uint32_t events,
                                   uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, fd, &event);
}

// Waits and splits what is ready into two plain arrays.
static inline int cw_epoll_wait(int epoll, uint64_t *tokens, uint32_t *events, int capacity,
                                int milliseconds) {
    struct epoll_event ready[64];
    int count = epoll_wait(epoll, ready, capacity < 64 ? capacity : 64, milliseconds);
    for (int i = 0; i < count; i++) {
        tokens[i] = ready[i].data.u64;
        events[i] = ready[i].events;
    }
    return count;
}

// prctl is variadic.
static inline void cw_name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

static inline int cw_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// struct sockaddr_un ends in a char[108], which Swift imports as a tuple.
static inline int cw_connect_unix(int fd, const char *path) {
    struct sockaddr_un address;
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    strcpy(address.sun_path, path);
    return connect(fd, (const struct sockaddr *)&address, sizeof address);
}

static inline int cw_set_option(int fd, int level, int option, int value) {
    return setsockopt(fd, level, option, &value, sizeof value);
}

static inline int cw_socket_error(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

#endif
