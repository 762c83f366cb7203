// OpenSSL's libcrypto: digests that use what the processor has for them.
#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

#include <openssl/evp.h>

#endif
