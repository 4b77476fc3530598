/* Lowering relations that go via others (toasty_relation.via): the tables between are joined, from the target
 * back to the first, whose keys are those of the owner.
 *
 * What belongs to one record is a condition on the target, so each row is there once, whatever leads to it.
 * An include of many records is a join: a row stands once for each record, behind it in the answer the key of
 * that, for which the plan has a model of its own, the target's with room for the key. What is found twice
 * for a record stands side by side and is left out later (run/relate.c). */
#include "engine/plan/lower.h"
#include <string.h>

/* Joins the tables between the last one, which is there, and the first, which it gives. */
static toasty__source *join_back(toasty__lowering *l, const toasty_relation *relation, toasty__source *last)
{
    toasty__source *at = last;
    for (uint8_t i = (uint8_t)(relation->via_count - 2); at && i > 0; i--) {
        toasty__source *from = toasty__lower_joined(l, relation->via[i]->owner, TOASTY__JOIN_INNER);
        if (from)
            from->on = toasty__lower_link(l, relation->via[i], from, at);
        at = from;
    }
    return at;
}

toasty__expr *toasty__lower_via_owner(toasty__lowering *l, const toasty_relation *relation)
{
    const toasty_relation *first = relation->via[0], *last = relation->via[relation->via_count - 1];
    toasty__source *outer = l->source;
    toasty__stmt *inner = toasty__lower_inner(l, outer, last->owner);
    toasty__expr *exists = toasty__lower_expr(l, TOASTY__EXPR_EXISTS, 0, NULL);
    toasty__expr *all[1 + TOASTY_MAX_KEYS];
    uint32_t count = 0;
    if (!inner || !exists)
        return NULL;
    all[count++] = toasty__lower_link(l, last, l->source, outer);
    const toasty__source *of = join_back(l, relation, l->source);
    for (uint8_t i = 0; of && i < first->field_count; i++) {
        uint16_t field = first->their_fields[i];
        all[count++] = toasty__lower_node(
            l, TOASTY__EXPR_EQ, toasty__lower_column_of(l, of, field),
            toasty__lower_parameter(l, &first->target->fields[field], TOASTY__BIND_VALUE, l->next_value++));
    }
    l->source = outer;
    if (l->failed)
        return NULL;
    inner->where = toasty__lower_join(l, TOASTY__EXPR_AND, all, count);
    exists->select = inner;
    return exists;
}

/* --- an include --- */

/* The model of the rows on their way: the target's, with a key behind each. */
static toasty_model *widened(toasty__lowering *l, const toasty_relation *relation)
{
    enum { PLACE = 16 }; /* of any type of a key */
    const toasty_relation *first = relation->via[0];
    const toasty_model *target = relation->target;
    size_t count = target->field_count;
    toasty_model *wide = toasty__lower_alloc(l, sizeof(*wide));
    toasty_field *fields = toasty__lower_alloc(l, (count + first->field_count) * sizeof(*fields));
    if (l->failed)
        return NULL;
    *wide = *target;
    memcpy(fields, target->fields, count * sizeof(*fields));
    wide->fields = fields;
    wide->size = (target->size + PLACE - 1) / PLACE * PLACE;
    for (uint8_t i = 0; i < first->field_count; i++, wide->size += PLACE) {
        toasty_field *key = &fields[count + i];
        *key = first->target->fields[first->their_fields[i]];
        key->flags = 0;
        key->embed = TOASTY_NO_EMBED;
        key->offset = wide->size;
        key->set_offset = TOASTY_NO_OFFSET;
    }
    return wide;
}

/* The relation that finds such rows by the key in them. */
static toasty_relation *relation_to(toasty__lowering *l, const toasty_relation *relation)
{
    toasty_relation *made = toasty__lower_alloc(l, sizeof(*made));
    uint16_t *fields = toasty__lower_alloc(l, relation->field_count * sizeof(*fields));
    if (l->failed)
        return NULL;
    for (uint8_t i = 0; i < relation->field_count; i++)
        fields[i] = (uint16_t)(relation->target->field_count + i);
    *made = *relation;
    made->their_fields = fields;
    return made;
}

int toasty__lower_via(toasty__lowering *l, toasty__step *step, const toasty_relation *relation,
                      toasty__stmt *stmt, toasty__expr **keys)
{
    const toasty_relation *first = relation->via[0], *last = relation->via[relation->via_count - 1];
    uint16_t count = relation->target->field_count, all = (uint16_t)(count + first->field_count);
    toasty_model *wide = widened(l, relation);
    toasty__item *items = toasty__lower_alloc(l, all * sizeof(*items));
    const toasty_field **columns = toasty__lower_alloc(l, all * sizeof(*columns));
    toasty__source *of = toasty__lower_joined(l, last->owner, TOASTY__JOIN_INNER);
    step->relation = relation_to(l, relation);
    if (l->failed)
        return -1;
    of->on = toasty__lower_link(l, last, of, l->source);
    of = join_back(l, relation, of);
    for (uint16_t i = 0; of && i < all; i++) {
        columns[i] = &wide->fields[i];
        items[i] = (toasty__item){i < count ? toasty__lower_column(l, i)
                                            : toasty__lower_column_of(l, of, first->their_fields[i - count]),
                                  columns[i]};
    }
    for (uint8_t i = 0; !l->failed && i < first->field_count; i++)
        keys[i] = items[count + i].value;
    step->model = wide;
    step->columns = columns;
    stmt->items = items;
    stmt->item_count = step->column_count = all;
    return l->failed ? -1 : 0;
}
