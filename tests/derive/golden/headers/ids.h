/* What both headers use. */
#pragma once
#include <stdint.h>

typedef uint64_t UserId;
typedef enum { STATE_OPEN, STATE_PAID } State;
