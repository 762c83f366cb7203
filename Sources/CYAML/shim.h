// libyaml's event parser: bytes in, events out, no I/O of its own.
#ifndef CYAML_SHIM_H
#define CYAML_SHIM_H

#include <yaml.h>

#endif
