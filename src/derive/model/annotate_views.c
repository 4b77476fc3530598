/* Annotations of views: which model they are of, and what their members show. */
#include "derive/model/annotate.h"
#include "derive/model/annotations.h"

#include <string.h>

static void apply_of(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "of = User"))
        p->model->of_name = word->value;
}

static void apply_group_by(const derive_place *p, const derive_word *word)
{
    derive_words items = {0};
    if (!toasty__derive_needs_value(p, word, "group_by = (shop_id, day(sold_at))"))
        return;
    toasty__derive_split(p->schema->memory, word->value, word->at, &items);
    for (size_t i = 0; i < items.count; i++) {
        const derive_word *item = &items.items[i];
        const char *name = item->value
                               ? toasty__derive_format(p->schema->memory, "%s(%s)", item->name, item->value)
                               : item->name;
        DERIVE_PUSH(p->schema->memory, &p->model->group_names, name);
    }
}

static void apply_distinct(const derive_place *p, const derive_word *word)
{
    p->model->distinct |= toasty__derive_takes_no_value(p, word);
}

/* example NULL: the word may stand alone. */
static void show(const derive_place *p, const derive_word *word, toasty_viewed viewed, const char *example)
{
    derive_viewed *shown = &p->member->viewed;
    if (example && !toasty__derive_needs_value(p, word, example))
        return;
    if (shown->given)
        toasty__derive_complain(p, word, "a member shows one thing; remove this word or the one before it");
    *shown = (derive_viewed){.path = word->value, .viewed = (uint8_t)viewed, .given = true, .at = word->at};
}

static void apply_path(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_FIELD, "path = company.name");
}

static void apply_count(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_COUNT, NULL);
}

static void apply_count_distinct(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_COUNT_DISTINCT, "count_distinct = todos.label");
}

static void apply_exists(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_EXISTS, "exists = todos");
}

static void apply_sum(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_SUM, "sum = todos.minutes");
}

static void apply_average(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_AVERAGE, "avg = todos.minutes");
}

static void apply_min(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_MIN, "min = todos.minutes");
}

static void apply_max(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_MAX, "max = todos.minutes");
}

static const derive_annotation words[] = {
    {"of", DERIVE_ON_VIEW, "of = User", "the model whose rows the view shows", apply_of},
    {"group_by", DERIVE_ON_VIEW, "group_by = (shop_id, customer.name, day(sold_at))",
     "the view shows groups of rows: these are equal in each; year, month, day and hour cut times, in UTC",
     apply_group_by},
    {"distinct", DERIVE_ON_VIEW, "distinct", "rows that would look the same are shown once", apply_distinct},
    {"path", DERIVE_ON_MEMBER, "path = company.name | path = address.city | path = day(sold_at)",
     "the field that is shown, through belongs_to and has_one; default: the one with the member's name",
     apply_path},
    {"count", DERIVE_ON_MEMBER, "count = todos | count",
     "how many records a has_many has, or the group, where nothing is named: an int64_t", apply_count},
    {"count_distinct", DERIVE_ON_MEMBER, "count_distinct = todos.label",
     "how many values a field of theirs has, as below: an int64_t", apply_count_distinct},
    {"exists", DERIVE_ON_MEMBER, "exists = todos", "whether a has_many has any: a bool", apply_exists},
    {"sum", DERIVE_ON_MEMBER, "sum = todos.minutes | sum = minutes",
     "their sum, or that of a field of the group: toasty_opt(int64_t) of integers, toasty_opt(double) of "
     "reals",
     apply_sum},
    {"avg", DERIVE_ON_MEMBER, "avg = todos.minutes", "their average: a toasty_opt(double)", apply_average},
    {"min", DERIVE_ON_MEMBER, "min = todos.minutes", "the least: a toasty_opt of the field's type",
     apply_min},
    {"max", DERIVE_ON_MEMBER, "max = todos.minutes", "the greatest: a toasty_opt of the field's type",
     apply_max},
};
DERIVE_TOPIC(views, words);
