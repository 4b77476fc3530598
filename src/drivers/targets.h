/* The targets that Toasty knows, by their capability tables: what the `toasty` command chooses from.
 *
 * A new driver adds its table here; nothing else in the command names it. */
#ifndef TOASTY_DRIVERS_TARGETS_H
#define TOASTY_DRIVERS_TARGETS_H

#include <toasty/driver/capability.h>

/* Ends with NULL. The driver of target "x" is the symbol toasty_<x>_driver. */
extern const toasty_capability *const toasty__targets[];

#endif
