/* Looking things up by name: see store.h. */
#include "schema/store.h"

#define FIND(list, wanted)                                                                                   \
    for (size_t i = 0; i < (list).count; i++)                                                                \
        if ((list).items[i].name && strcmp((list).items[i].name, (wanted)) == 0)                             \
            return &(list).items[i];                                                                         \
    return NULL

toasty__store_enum *toasty__store_find_enum(const toasty__store *store, const char *name)
{
    FIND(store->enums, name);
}

toasty__store_table *toasty__store_find_table(const toasty__store *store, const char *name)
{
    FIND(store->tables, name);
}

toasty__store_column *toasty__store_find_column(const toasty__store_table *table, const char *name)
{
    FIND(table->columns, name);
}

toasty__store_index *toasty__store_find_index(const toasty__store_table *table, const char *name)
{
    FIND(table->indexes, name);
}
