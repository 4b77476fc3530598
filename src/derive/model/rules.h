/* Rules for the values of fields: toasty(min = 0, max_length = 80). */
#ifndef TOASTY_DERIVE_RULES_H
#define TOASTY_DERIVE_RULES_H

#include "derive/model/model.h"

/* The rule of that kind, or NULL. */
const derive_rule *toasty__derive_rule_of(const derive_member *member, toasty_rule_kind kind);
/* Has it a least or a greatest value? */
bool toasty__derive_has_limits(const derive_member *member);

/* Checks those of a resolved model. */
void toasty__derive_check_rules(derive_schema *schema, const derive_model *model);

#endif
