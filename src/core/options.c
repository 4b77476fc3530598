/* Options of generated calls, read by their layout: see toasty__options in codegen.h. Pointers are copied as
 * bytes, since the structs of each model have types of their own. */
#include <string.h>
#include <toasty/codegen.h>

static const void *member(const void *options, uint16_t offset)
{
    return offset == TOASTY_NO_MEMBER ? NULL : (const char *)options + offset;
}

static int64_t number(const void *options, uint16_t offset)
{
    int64_t value = 0;
    if (offset != TOASTY_NO_MEMBER)
        memcpy(&value, member(options, offset), sizeof value);
    return value;
}

/* Arrays with nothing in them are not there. An empty condition is: it tells a change of all rows from one of
 * a record. */
static void leave_out_absent(toasty_find *find)
{
    bool orders = false, includes = false;
    for (unsigned i = 0; i < find->order_max; i++)
        orders = orders || find->order_by[i].direction;
    for (unsigned i = 0; i < find->include_max; i++)
        includes = includes || find->include[i].relation;
    if (!orders)
        find->order_by = NULL, find->order_max = 0;
    if (!includes)
        find->include = NULL, find->include_max = 0;
}

toasty_find toasty__options(const toasty_layout *layout, const void *options)
{
    toasty_find find = {
        .where = member(options, layout->where),
        .include = member(options, layout->include),
        .order_by = member(options, layout->order_by),
        .set = member(options, layout->set),
        .limit = number(options, layout->limit),
        .offset = number(options, layout->offset),
        .include_max = TOASTY_MAX_INCLUDES,
        .order_max = TOASTY_MAX_ORDERS,
        .set_max = TOASTY_MAX_SETS,
    };
    if (!find.include)
        find.include_max = 0;
    if (!find.order_by)
        find.order_max = 0;
    if (!find.set)
        find.set_max = 0;
    if (layout->query != TOASTY_NO_MEMBER)
        memcpy(&find.query, member(options, layout->query), sizeof find.query);
    if (layout->everything != TOASTY_NO_MEMBER)
        memcpy(&find.everything, member(options, layout->everything), sizeof find.everything);
    leave_out_absent(&find);
    return find;
}
