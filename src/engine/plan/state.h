/* What the engine knows of one opened database: its schema, its driver, and the plans made so far.
 *
 * Shared by all threads that use the database. It stands below everything else of the engine, so that each
 * part can be given it without knowing who runs requests. */
#ifndef TOASTY_ENGINE_PLAN_STATE_H
#define TOASTY_ENGINE_PLAN_STATE_H

#include "core/cursor.h"
#include "core/rules.h"
#include "engine/plan/cache.h"
#include <toasty/codegen.h>
#include <toasty/driver/driver.h>

enum { TOASTY__PLAIN_PLACES = 256 };

typedef struct toasty__engine {
    const toasty_schema *schema;
    const toasty_driver *driver;
    const char *prefix; /* of table names; "" when none */
    toasty__cache cache;
    _Atomic(struct toasty__plan *) plain[TOASTY__PLAIN_PLACES]; /* plain.h */
    toasty__cursor_keys cursor_keys;
    toasty__patterns patterns;
} toasty__engine;

#endif
