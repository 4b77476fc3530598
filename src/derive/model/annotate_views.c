/* Annotations of views: which model they are of, and what their members show. */
#include "derive/model/annotate.h"

#include <string.h>

static void apply_of(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "of = User"))
        p->model->of_name = word->value;
}

static void show(const derive_place *p, const derive_word *word, toasty_viewed viewed, const char *example)
{
    derive_viewed *shown = &p->member->viewed;
    if (!toasty__derive_needs_value(p, word, example))
        return;
    if (shown->path)
        toasty__derive_complain(p, word, "a member shows one thing; remove this word or the one before it");
    *shown = (derive_viewed){word->value, (uint8_t)viewed, word->at};
}

static void apply_path(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_FIELD, "path = company.name");
}

static void apply_count(const derive_place *p, const derive_word *word)
{
    show(p, word, TOASTY_VIEWED_COUNT, "count = todos");
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
    {"path", DERIVE_ON_MEMBER, "path = company.name | path = address.city",
     "the field that is shown, through belongs_to and has_one; default: the one with the member's name",
     apply_path},
    {"count", DERIVE_ON_MEMBER, "count = todos", "how many records a has_many has: an int64_t", apply_count},
    {"sum", DERIVE_ON_MEMBER, "sum = todos.minutes",
     "their sum: toasty_opt(int64_t) of integers, toasty_opt(double) of reals", apply_sum},
    {"avg", DERIVE_ON_MEMBER, "avg = todos.minutes", "their average: a toasty_opt(double)", apply_average},
    {"min", DERIVE_ON_MEMBER, "min = todos.minutes", "the least: a toasty_opt of the field's type",
     apply_min},
    {"max", DERIVE_ON_MEMBER, "max = todos.minutes", "the greatest: a toasty_opt of the field's type",
     apply_max},
};
DERIVE_TOPIC(views, words);
