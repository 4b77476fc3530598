/* The table of the kinds of requests. */
#include "engine/kinds/kinds.h"

const toasty__kind *const toasty__kinds[] = {
    [TOASTY_REQUEST_ALL] = &toasty__listing,        [TOASTY_REQUEST_FIRST] = &toasty__reading_first,
    [TOASTY_REQUEST_GET] = &toasty__reading_only,   [TOASTY_REQUEST_PAGE] = &toasty__paging,
    [TOASTY_REQUEST_COUNT] = &toasty__counting,     [TOASTY_REQUEST_EXISTS] = &toasty__looking,
    [TOASTY_REQUEST_SCALAR] = &toasty__aggregating, [TOASTY_REQUEST_CREATE] = &toasty__creating,
    [TOASTY_REQUEST_UPDATE] = &toasty__updating,    [TOASTY_REQUEST_DELETE] = &toasty__deleting,
    [TOASTY_REQUEST_UPSERT] = &toasty__upserting,   [TOASTY_REQUEST_UPSERT_ARRAY] = &toasty__upserting_array,
};
