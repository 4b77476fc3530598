/* A driver without a database: its answers are made up in memory, so that what is left is the engine's own
 * work. */
#ifndef BENCH_NULL_DRIVER_H
#define BENCH_NULL_DRIVER_H

#include "harness.h"

#include <toasty/driver/driver.h>

extern const toasty_driver bench_null_driver;

/* How many rows the tables seem to have. */
void bench_null_shape(const bench_shape *shape);

#endif
