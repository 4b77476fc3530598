/* What upserts of one row and of many check alike. */
#ifndef TOASTY_ENGINE_KINDS_UPSERT_H
#define TOASTY_ENGINE_KINDS_UPSERT_H

#include "engine/plan/assign.h"

/* Refuses what is no key and no unique value, or which no new row can be meant by. */
int toasty__verify_upsert(const toasty_request *request, toasty_error *err);
/* What the row is found by stays what it is, and so does the key. */
int toasty__check_upsert_change(const toasty_request *request, const toasty__assign *assign,
                                toasty_error *err);

#endif
