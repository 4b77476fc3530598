/* What a value is sent for, and lists of any length as JSON: one parameter, which JSON_TABLE reads. */
#ifndef TOASTY_DRIVERS_MYSQL_JSON_H
#define TOASTY_DRIVERS_MYSQL_JSON_H

#include "base/buffer.h"
#include "base/time.h"

#include "driver/encode.h"

#include <toasty/driver/driver.h>

/* What a value is for. */
typedef struct my_target {
    toasty__destination to;
    const toasty_statement *statement;
    uint32_t list_size; /* of a list: its placeholders; 0: one for JSON */
    bool list;
} my_target;

/* encode.c: a value that is not NULL can be sent for it. */
int toasty__my_check_value(const my_target *to, const toasty_value *value, toasty_error *err);
/* False outside of the years 1 to 9999. */
bool toasty__my_civil_of(uint8_t type, int64_t value, struct toasty__civil *civil);

/* The list as JSON behind its length; start: where in `out` that begins. -1 with err. */
int toasty__my_put_json(toasty__buffer *out, const my_target *to, const toasty_value *list, size_t start,
                        toasty_error *err);

#endif
