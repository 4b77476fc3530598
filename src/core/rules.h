/* Rules for values (toasty_rule): whether a value keeps those of its field, and the one error of all that do
 * not.
 *
 * Values are of their type already. An error names model, field and rule, and never the value. */
#ifndef TOASTY_CORE_RULES_H
#define TOASTY_CORE_RULES_H

#include <stddef.h>
#include <toasty/error.h>
#include <toasty/schema.h>

/* An expression of a rule has no more bytes than this, and what it becomes no more characters once its
 * repetitions are written out, so that memory and time to compile it are bounded. */
enum { TOASTY__MOST_PATTERN = 500, TOASTY__MOST_WRITTEN_OUT = 2000 };

/* "max_length" of TOASTY_RULE_MAX_LENGTH. */
extern const char *const toasty__rule_words[];

/* The expressions of rules, each compiled when it is first needed. Zeroed: none. Shared by threads. */
typedef struct toasty__patterns {
    _Atomic(struct toasty__pattern *) first;
} toasty__patterns;

void toasty__patterns_done(toasty__patterns *patterns);

/* Can the text be matched as a whole by an expression? NULL: yes; else what is wrong with it, in `why`. */
const char *toasty__pattern_fault(const char *expression, char *why, size_t size);

/* What values were found to break. */
typedef struct toasty__breaks {
    toasty_error *err;
    size_t count;
    size_t listed; /* bytes of the details that list them, */
    size_t more;   /* and how many they have no room for */
} toasty__breaks;

/* A row that is not one of several. */
#define TOASTY__ONE_ROW SIZE_MAX

/* Notes that a field of row number `row` breaks a rule, in the error: the first one sets its code,
 * table and field. */
void toasty__break_rule(toasty__breaks *breaks, const toasty_model *model, size_t row,
                        const toasty_rule *rule) __attribute__((cold));
/* The same of what is missing; the message is the caller's. */
void toasty__break_required(toasty__breaks *breaks, const toasty_model *model, size_t row, const char *field)
    __attribute__((cold));

/* Does the value keep a rule of its field? 1, 0, or -1 when out of memory. patterns: NULL: expressions are
 * not looked at, and no value keeps them. */
int toasty__keeps_rule(toasty__patterns *patterns, const toasty_model *model, const toasty_rule *rule,
                       const toasty_value *value);
/* Does the value keep all rules of its field? Those that it does not are noted, of that row; breaks: NULL:
 * not. What is too long is not matched with an expression, which may take its time. 1, 0, or -1 when out of
 * memory.
 */
int toasty__keeps_rules(toasty__patterns *patterns, const toasty_model *model, uint16_t field,
                        const toasty_value *value, toasty__breaks *breaks, size_t row);

/* Asks the program what is wrong with a record; its model has a `validate`. */
void toasty__validate(toasty__breaks *breaks, const toasty_model *model, size_t row, const void *record);

/* The rule of that kind that a field has, or NULL. */
const toasty_rule *toasty__rule_of(const toasty_model *model, uint16_t field, toasty_rule_kind kind);

#endif
