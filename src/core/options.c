/* Options of generated calls, read by their layout: see toasty__options in codegen.h. Pointers are copied as
 * bytes, since the structs of each model have types of their own. */
#include <string.h>
#include <toasty/codegen.h>

/* The member, or NULL when the struct does not have it. */
static const void *member(const void *options, uint16_t place)
{
    return place ? (const char *)options + place - 1 : NULL;
}

static int64_t number(const void *options, uint16_t place)
{
    int64_t value = 0;
    if (place)
        memcpy(&value, member(options, place), sizeof value);
    return value;
}

/* The value of an enum; what is none of its labels stays none. */
static uint8_t label(const void *options, uint16_t place)
{
    unsigned value;
    memcpy(&value, member(options, place), sizeof value);
    return value > UINT8_MAX ? UINT8_MAX : (uint8_t)value;
}

/* Arrays with nothing in them are not there: so a find without options is one without members. An empty
 * condition of what may mean everything stays, since it distinguishes such a change from that of a record. */
static void leave_out_absent(const toasty_layout *layout, toasty_find *find)
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
    if (find->where && !find->where->node_count && !layout->everything)
        find->where = NULL;
    while (find->set_max && !find->set[find->set_max - 1].kind) /* several look through them */
        find->set_max--;
}

/* What the compiler gave up of an array that had no place for it left no trace but a full array. */
static toasty_excess excess_of(const toasty_find *find)
{
    if (find->include && find->include[TOASTY_MAX_INCLUDES].relation)
        return TOASTY_EXCESS_INCLUDES;
    if (find->order_by && find->order_by[TOASTY_MAX_ORDERS].direction)
        return TOASTY_EXCESS_ORDERS;
    if (find->set && find->set[TOASTY_MAX_SETS].kind)
        return TOASTY_EXCESS_SETS;
    return TOASTY_EXCESS_NONE;
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
        .include_max = layout->include ? TOASTY_MAX_INCLUDES + 1 : 0,
        .order_max = layout->order_by ? TOASTY_MAX_ORDERS + 1 : 0,
        .set_max = layout->set ? TOASTY_MAX_SETS + 1 : 0,
    };
    if (layout->query)
        memcpy(&find.query, member(options, layout->query), sizeof find.query);
    if (layout->everything)
        memcpy(&find.everything, member(options, layout->everything), sizeof find.everything);
    if (layout->no_eager)
        memcpy(&find.no_eager, member(options, layout->no_eager), sizeof find.no_eager);
    if (layout->lock) {
        find.lock = label(options, layout->lock);
        find.lock_wait = label(options, layout->lock_wait);
    }
    find.excess = excess_of(&find);
    leave_out_absent(layout, &find);
    if (layout->cursor) /* where others have their changes */
        memcpy(&find.cursor, member(options, layout->cursor), sizeof find.cursor);
    return find;
}
