// libcurl, the client of HTTP.
#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

// What sets options and asks for information is variadic.
static inline CURLcode cw_curl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode cw_curl_set_size(CURL *easy, CURLoption option, int64_t value) {
    return curl_easy_setopt(easy, option, (curl_off_t)value);
}

static inline CURLcode cw_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode cw_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

// The body is copied.
static inline CURLcode cw_curl_set_body(CURL *easy, const void *bytes, int64_t count) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes);
}

static inline CURLMcode cw_curl_set_limit(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline long cw_curl_number(CURL *easy, CURLINFO what) {
    long value = 0;
    return curl_easy_getinfo(easy, what, &value) == CURLE_OK ? value : 0;
}

static inline int64_t cw_curl_size(CURL *easy, CURLINFO what) {
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, what, &value) == CURLE_OK ? value : 0;
}

static inline const char *cw_curl_text(CURL *easy, CURLINFO what) {
    char *value = NULL;
    return curl_easy_getinfo(easy, what, &value) == CURLE_OK ? value : NULL;
}

// What a transfer tells and asks while it goes on; each gets the context.
struct cw_curl_callbacks {
    size_t (*body)(char *bytes, size_t one, size_t count, void *context);
    size_t (*header)(char *bytes, size_t one, size_t count, void *context);
    // A socket for an address, or CURL_SOCKET_BAD.
    curl_socket_t (*open)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
    // Whether a request may go over a connection to an address.
    curl_prereq_callback before_request;
};

static inline CURLcode cw_curl_set_callbacks(CURL *easy, struct cw_curl_callbacks callbacks,
                                             void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callbacks.body);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    if (code == CURLE_OK) {
        code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callbacks.header);
    }
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    if (code == CURLE_OK) {
        code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callbacks.open);
    }
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    if (code == CURLE_OK) {
        code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callbacks.before_request);
    }
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
    return code;
}

// The transfer that has ended, with its code; NULL when there is none.
static inline CURL *cw_curl_next_done(CURLM *multi, CURLcode *code) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *code = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

// struct sockaddr is a union by another name. Gives the number of bytes of the address: 4, 16 or 0.
static inline int cw_curl_address(const struct curl_sockaddr *address, uint8_t *bytes) {
    if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in found;
        memcpy(&found, &address->addr, sizeof found);
        memcpy(bytes, &found.sin_addr, 4);
        return 4;
    }
    if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 found;
        memcpy(&found, &address->addr, sizeof found);
        memcpy(bytes, &found.sin6_addr, 16);
        return 16;
    }
    return 0;
}

// A text such as 127.0.0.1 or fe80::1%eth0 as bytes; gives their number: 4, 16 or 0.
static inline int cw_curl_parse_address(const char *text, uint8_t *bytes) {
    char plain[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "%");
    if (length >= sizeof plain) return 0;
    memcpy(plain, text, length);
    plain[length] = 0;
    if (inet_pton(AF_INET, plain, bytes) == 1) return 4;
    return inet_pton(AF_INET6, plain, bytes) == 1 ? 16 : 0;
}

static inline curl_socket_t cw_curl_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

#endif
