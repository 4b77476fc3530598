/* Comparing two stores: see diff.h.
 *
 * Things are matched by name; a key, a check or a unique index that nobody named, by what it says. */
#include "schema/diff.h"

#include "base/buffer.h"
#include "core/names.h"
#include "schema/expression.h"

#include <ctype.h>
#include <strings.h>

typedef struct differ {
    toasty__room *room;
    const toasty__store *there_store;
    toasty__change_list *changes;
    const toasty__store_table *there, *wanted;
} differ;

static const struct {
    toasty__change_about about;
    bool additive;
} kinds[] = {
#define KIND(NAME, ABOUT, is_additive, what, remedy)                                                         \
    [TOASTY__CHANGE_##NAME] = {TOASTY__ABOUT_##ABOUT, (is_additive)},
    TOASTY__SCHEMA_CHANGES(KIND)
#undef KIND
};

static toasty__change *add(differ *d, toasty__change_kind kind, const char *name, const char *before,
                           const char *after)
{
    static toasty__change lost; /* nobody reads it: the room has failed */
    TOASTY__PUSH(d->room, d->changes,
                 (toasty__change){.kind = kind,
                                  .about = kinds[kind].about,
                                  .additive = kinds[kind].additive,
                                  .name = name ? name : "without a name",
                                  .before = before,
                                  .after = after,
                                  .table = d->wanted});
    return d->room->failed ? &lost : &d->changes->items[d->changes->count - 1];
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* True when this library would have given that name: then an earlier model did. What has another name was
 * made by somebody who knows what the models cannot say. */
static bool is_ours(const differ *d, const char *name, toasty__name_kind kind, const toasty__texts *columns)
{
    char ours[TOASTY__NAME_LIMIT + 1];
    return name && strcmp(name, toasty__name_index(ours, TOASTY__NAME_LIMIT, kind, d->wanted->name,
                                                   columns->items, columns->count)) == 0;
}

/* --- in words --- */

static const char *part_words(differ *d, const toasty__store_index *index)
{
    const char *words = "";
    for (size_t i = 0; i < index->parts.count; i++) {
        const toasty__store_part *part = &index->parts.items[i];
        words = toasty__room_printf(d->room, "%s%s%s%s%s", words, i ? ", " : "",
                                    part->column ? part->column : part->expression,
                                    part->descending ? " DESC" : "", part->nulls_first ? " NULLS FIRST" : "");
    }
    return words;
}

static const char *index_words(differ *d, const toasty__store_index *index)
{
    return toasty__room_printf(d->room, "%s%s(%s)%s%s", index->broken ? "not valid, " : "",
                               index->unique ? "unique " : "", part_words(d, index),
                               index->where ? " WHERE " : "", index->where ? index->where : "");
}

static const char *rule_of(const char *rule)
{
    return rule ? rule : "NO ACTION";
}

static const char *foreign_words(differ *d, const toasty__store_foreign *foreign)
{
    return toasty__room_printf(
        d->room, "%s -> %s %s ON DELETE %s%s%s%s", toasty__texts_join(d->room, &foreign->columns),
        foreign->table, toasty__texts_join(d->room, &foreign->references), rule_of(foreign->on_delete),
        foreign->on_update ? " ON UPDATE " : "", foreign->on_update ? foreign->on_update : "",
        foreign->deferrable ? " DEFERRABLE" : "");
}

/* --- columns --- */

/* Names of types are told in any case, labels within quotes are not; and the catalogue of MySQL tells each
 * character beyond the first 65 536 as '?'. */
static bool is_same_type(const char *told, const char *wanted)
{
    bool quoted = false;
    for (; *told && *wanted; told++, wanted++) {
        quoted ^= *wanted == '\'';
        if (quoted && *told == '?' && (uint8_t)*wanted >= 0xf0)
            wanted += 3; /* of its four bytes, as UTF-8 has it */
        else if (quoted ? *told != *wanted : tolower((uint8_t)*told) != tolower((uint8_t)*wanted))
            return false;
    }
    return *told == *wanted;
}

static void diff_column(differ *d, const toasty__store_column *there, const toasty__store_column *wanted)
{
    if (!is_same_type(there->type, wanted->type))
        add(d, TOASTY__CHANGE_COLUMN_TYPE, wanted->name, there->type, wanted->type)->column = wanted;
    else if (wanted->collation && !same_text(there->collation, wanted->collation))
        add(d, TOASTY__CHANGE_COLUMN_COLLATION, wanted->name,
            there->collation ? there->collation : "of the database", wanted->collation)
            ->column = wanted;
    if (there->null != wanted->null)
        add(d, TOASTY__CHANGE_COLUMN_NULL, wanted->name, there->null ? "may" : "may not",
            wanted->null ? "may" : "may not")
            ->column = wanted;
    if (there->counts != wanted->counts)
        add(d, TOASTY__CHANGE_COLUMN_COUNTS, wanted->name, there->counts ? "counts up" : "does not count up",
            wanted->counts ? "counts up" : "does not count up")
            ->column = wanted;
    if (there->generated)
        add(d, TOASTY__CHANGE_COLUMN_GENERATED, wanted->name, there->generated, NULL)->column = wanted;
}

/* As a statement that adds the column needs it; quotes around a collation are right in every database. */
static const char *column_words(const differ *d, const toasty__store_column *column)
{
    return toasty__room_printf(d->room, "%s%s%s%s%s", column->type, column->collation ? " COLLATE \"" : "",
                               column->collation ? column->collation : "", column->collation ? "\"" : "",
                               column->null ? "" : " NOT NULL, with a default where there are rows");
}

static void diff_columns(differ *d)
{
    for (size_t i = 0; i < d->wanted->columns.count; i++) {
        const toasty__store_column *wanted = &d->wanted->columns.items[i];
        const toasty__store_column *there = toasty__store_find_column(d->there, wanted->name);
        if (there)
            diff_column(d, there, wanted);
        else
            add(d, TOASTY__CHANGE_ADD_COLUMN, wanted->name, NULL, column_words(d, wanted))->column = wanted;
    }
    for (size_t i = 0; i < d->there->columns.count; i++)
        if (!toasty__store_find_column(d->wanted, d->there->columns.items[i].name))
            add(d, TOASTY__CHANGE_DROP_COLUMN, d->there->columns.items[i].name,
                d->there->columns.items[i].type, NULL);
}

/* --- indexes --- */

static bool same_parts(differ *d, const toasty__store_index *a, const toasty__store_index *b)
{
    bool same = a->parts.count == b->parts.count && a->partition == b->partition;
    for (size_t i = 0; same && i < a->parts.count; i++) {
        const toasty__store_part *x = &a->parts.items[i], *y = &b->parts.items[i];
        same = same_text(x->column, y->column) && x->descending == y->descending &&
               x->nulls_first == y->nulls_first &&
               toasty__expression_equal(d->room, x->expression, y->expression);
    }
    return same;
}

static bool same_index(differ *d, const toasty__store_index *a, const toasty__store_index *b)
{
    return a->unique == b->unique && a->broken == b->broken && same_parts(d, a, b) &&
           toasty__expression_equal(d->room, a->where, b->where);
}

/* One that nobody named and that says the same. */
static bool has_unnamed_index(differ *d, const toasty__store_table *table, const toasty__store_index *index)
{
    for (size_t i = 0; i < table->indexes.count; i++)
        if (!table->indexes.items[i].name && same_index(d, &table->indexes.items[i], index))
            return true;
    return false;
}

static bool is_our_unique(differ *d, const toasty__store_index *index)
{
    toasty__texts columns = {0};
    for (size_t i = 0; i < index->parts.count; i++)
        if (index->parts.items[i].column)
            TOASTY__PUSH(d->room, &columns, index->parts.items[i].column);
    return index->unique && is_ours(d, index->name, TOASTY__NAME_UNIQUE, &columns);
}

static void diff_indexes(differ *d)
{
    for (size_t i = 0; i < d->there->indexes.count; i++) {
        const toasty__store_index *there = &d->there->indexes.items[i];
        if (is_our_unique(d, there) && !toasty__store_find_index(d->wanted, there->name))
            add(d, TOASTY__CHANGE_DROP_INDEX, there->name, part_words(d, there), NULL);
    }
    for (size_t i = 0; i < d->wanted->indexes.count; i++) {
        const toasty__store_index *wanted = &d->wanted->indexes.items[i];
        const toasty__store_index *there = toasty__store_find_index(d->there, wanted->name);
        if (there && !same_index(d, there, wanted))
            add(d, TOASTY__CHANGE_INDEX, wanted->name, index_words(d, there), index_words(d, wanted))->index =
                wanted;
        else if (!there && !has_unnamed_index(d, d->there, wanted))
            add(d, TOASTY__CHANGE_ADD_INDEX, wanted->name, NULL, index_words(d, wanted))->index = wanted;
    }
}

/* Where a table's statement does not say where NULLs go, they cannot be in a key anyway. */
static void diff_key(differ *d)
{
    if (!same_parts(d, &d->there->key, &d->wanted->key))
        add(d, TOASTY__CHANGE_KEY, d->wanted->key.name, part_words(d, &d->there->key),
            part_words(d, &d->wanted->key))
            ->index = &d->wanted->key;
}

/* --- checks and foreign keys --- */

static bool same_check(differ *d, const toasty__store_check *a, const toasty__store_check *b)
{
    return toasty__expression_equal(d->room, a->expression, b->expression);
}

/* The key of a table, when a foreign key does not say which columns it refers to. */
static bool refers_to_key(differ *d, const toasty__store_foreign *there, const toasty__store_foreign *wanted)
{
    const toasty__store_table *table = toasty__store_find_table(d->there_store, there->table);
    if (there->references.count || !table || table->key.parts.count != wanted->references.count)
        return false;
    for (size_t i = 0; i < wanted->references.count; i++)
        if (!same_text(table->key.parts.items[i].column, wanted->references.items[i]))
            return false;
    return true;
}

static bool same_foreign(differ *d, const toasty__store_foreign *there, const toasty__store_foreign *wanted)
{
    return strcmp(there->table, wanted->table) == 0 &&
           toasty__texts_equal(&there->columns, &wanted->columns) &&
           (toasty__texts_equal(&there->references, &wanted->references) ||
            refers_to_key(d, there, wanted)) &&
           same_text(there->on_delete, wanted->on_delete) && same_text(there->on_update, wanted->on_update) &&
           there->deferrable == wanted->deferrable;
}

/* The one that stands for `item` in a list: of its name, or without a name and the same. */
#define MATCH(d, list, item, same)                                                                           \
    for (size_t i = 0; i < (list)->count; i++)                                                               \
        if ((list)->items[i].name && (item)->name && strcmp((list)->items[i].name, (item)->name) == 0)       \
            return &(list)->items[i];                                                                        \
    for (size_t i = 0; i < (list)->count; i++)                                                               \
        if (!((list)->items[i].name && (item)->name) && same)                                                \
            return &(list)->items[i];                                                                        \
    return NULL

static const toasty__store_check *match_check(differ *d, const toasty__store_table *table,
                                              const toasty__store_check *check)
{
    MATCH(d, &table->checks, check, same_check(d, &table->checks.items[i], check));
}

static const toasty__store_foreign *match_there(differ *d, const toasty__store_foreign *wanted)
{
    MATCH(d, &d->there->foreigns, wanted, same_foreign(d, &d->there->foreigns.items[i], wanted));
}

static const toasty__store_foreign *match_wanted(differ *d, const toasty__store_foreign *there)
{
    MATCH(d, &d->wanted->foreigns, there, same_foreign(d, there, &d->wanted->foreigns.items[i]));
}

static bool is_our_check(const differ *d, const char *name)
{
    for (size_t i = 0; i < d->wanted->columns.count; i++) {
        const char *column = d->wanted->columns.items[i].name;
        if (is_ours(d, name, TOASTY__NAME_CHECK, &(toasty__texts){.items = &column, .count = 1}))
            return true;
    }
    return false;
}

static void diff_checks(differ *d)
{
    for (size_t i = 0; i < d->there->checks.count; i++) {
        const toasty__store_check *there = &d->there->checks.items[i];
        if (is_our_check(d, there->name) && !match_check(d, d->wanted, there))
            add(d, TOASTY__CHANGE_DROP_CHECK, there->name, there->expression, NULL);
    }
    for (size_t i = 0; i < d->wanted->checks.count; i++) {
        const toasty__store_check *wanted = &d->wanted->checks.items[i];
        const toasty__store_check *there = match_check(d, d->there, wanted);
        if (!there)
            add(d, TOASTY__CHANGE_ADD_CHECK, wanted->name, NULL, wanted->expression);
        else if (!same_check(d, there, wanted))
            add(d, TOASTY__CHANGE_CHECK, wanted->name, there->expression, wanted->expression);
    }
}

static void diff_foreigns(differ *d)
{
    for (size_t i = 0; i < d->there->foreigns.count; i++) {
        const toasty__store_foreign *there = &d->there->foreigns.items[i];
        if (is_ours(d, there->name, TOASTY__NAME_FOREIGN, &there->columns) && !match_wanted(d, there))
            add(d, TOASTY__CHANGE_DROP_FOREIGN, there->name, foreign_words(d, there), NULL);
    }
    for (size_t i = 0; i < d->wanted->foreigns.count; i++) {
        const toasty__store_foreign *wanted = &d->wanted->foreigns.items[i];
        const toasty__store_foreign *there = match_there(d, wanted);
        if (!there)
            add(d, TOASTY__CHANGE_ADD_FOREIGN, wanted->name, NULL, foreign_words(d, wanted))->foreign =
                wanted;
        else if (!same_foreign(d, there, wanted))
            add(d, TOASTY__CHANGE_FOREIGN, wanted->name, foreign_words(d, there), foreign_words(d, wanted))
                ->foreign = wanted;
    }
}

/* --- tables --- */

static void diff_table(differ *d)
{
    if (strcasecmp(d->there->options, d->wanted->options) != 0)
        add(d, TOASTY__CHANGE_TABLE_OPTIONS, d->wanted->name,
            *d->there->options ? d->there->options : "an ordinary table",
            *d->wanted->options ? d->wanted->options : "an ordinary table");
    diff_columns(d);
    diff_key(d);
    diff_checks(d);
    diff_foreigns(d);
    diff_indexes(d);
}

static void diff_enums(differ *d, const toasty__store *there, const toasty__store *wanted)
{
    for (size_t i = 0; i < wanted->enums.count; i++) {
        const toasty__store_enum *labels = &wanted->enums.items[i];
        const toasty__store_enum *found = toasty__store_find_enum(there, labels->name);
        const char *after = toasty__texts_join(d->room, &labels->labels);
        if (!found)
            add(d, TOASTY__CHANGE_CREATE_ENUM, labels->name, NULL, after)->labels = labels;
        else if (!toasty__texts_equal(&found->labels, &labels->labels))
            add(d, TOASTY__CHANGE_ENUM_LABELS, labels->name, toasty__texts_join(d->room, &found->labels),
                after)
                ->labels = labels;
    }
}

/* What follows new tables: their indexes, and then foreign keys, which may point in circles. */
static void add_beside_new(differ *d, const toasty__store *there, const toasty__store *wanted)
{
    for (int foreigns = 0; foreigns < 2; foreigns++)
        for (size_t t = 0; t < wanted->tables.count; t++) {
            d->wanted = &wanted->tables.items[t];
            if (toasty__store_find_table(there, d->wanted->name))
                continue;
            for (size_t i = 0; !foreigns && i < d->wanted->indexes.count; i++)
                add(d, TOASTY__CHANGE_CREATE_INDEX, d->wanted->indexes.items[i].name, NULL,
                    index_words(d, &d->wanted->indexes.items[i]))
                    ->index = &d->wanted->indexes.items[i];
            for (size_t i = 0; foreigns && i < d->wanted->foreigns.count; i++)
                add(d, TOASTY__CHANGE_CREATE_FOREIGN, d->wanted->foreigns.items[i].name, NULL,
                    foreign_words(d, &d->wanted->foreigns.items[i]))
                    ->foreign = &d->wanted->foreigns.items[i];
        }
}

void toasty__store_diff(toasty__room *room, const toasty__store *there, const toasty__store *wanted,
                        toasty__change_list *changes)
{
    differ d = {.room = room, .there_store = there, .changes = changes};
    diff_enums(&d, there, wanted);
    for (size_t t = 0; t < wanted->tables.count; t++) {
        d.wanted = &wanted->tables.items[t];
        if (!toasty__store_find_table(there, d.wanted->name))
            add(&d, TOASTY__CHANGE_CREATE_TABLE, d.wanted->name, NULL, NULL);
    }
    for (size_t t = 0; t < wanted->tables.count; t++) {
        d.wanted = &wanted->tables.items[t];
        d.there = toasty__store_find_table(there, d.wanted->name);
        if (d.there)
            diff_table(&d);
    }
    add_beside_new(&d, there, wanted);
}

/* --- dropping --- */

/* Tables in `order`, from its end, so that whoever refers to a table stands before it. */
static void visit(const toasty__store *store, size_t table, bool *seen, size_t *order, size_t *count)
{
    if (seen[table])
        return;
    seen[table] = true;
    for (size_t i = 0; i < store->tables.items[table].foreigns.count; i++) {
        const toasty__store_table *target =
            toasty__store_find_table(store, store->tables.items[table].foreigns.items[i].table);
        if (target)
            visit(store, (size_t)(target - store->tables.items), seen, order, count);
    }
    order[--*count] = table;
}

void toasty__store_drop(toasty__room *room, const toasty__store *store, toasty__change_list *changes)
{
    differ d = {.room = room, .changes = changes};
    size_t count = store->tables.count, left = count;
    bool *seen = toasty__arena_calloc(&room->arena, count + 1, sizeof *seen);
    size_t *order = toasty__arena_calloc(&room->arena, count + 1, sizeof *order);
    if (!seen || !order) {
        room->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        visit(store, i, seen, order, &left);
    for (size_t i = 0; i < count; i++) {
        d.wanted = &store->tables.items[order[i]];
        add(&d, TOASTY__CHANGE_DROP_TABLE, d.wanted->name, NULL, NULL);
    }
    d.wanted = NULL;
    for (size_t i = 0; i < store->enums.count; i++)
        add(&d, TOASTY__CHANGE_DROP_ENUM, store->enums.items[i].name, NULL, NULL)->labels =
            &store->enums.items[i];
}

/* --- words --- */

static const struct {
    const char *what, *remedy;
} words[] = {
#define WORDS(NAME, ABOUT, is_additive, what, remedy) [TOASTY__CHANGE_##NAME] = {what, remedy},
    TOASTY__SCHEMA_CHANGES(WORDS)
#undef WORDS
};

bool toasty__change_alters(const toasty__change *change)
{
    switch (change->kind) {
    case TOASTY__CHANGE_ADD_COLUMN:
    case TOASTY__CHANGE_DROP_COLUMN:
    case TOASTY__CHANGE_DROP_INDEX:
    case TOASTY__CHANGE_INDEX:
        return false;
    default:
        return !change->additive &&
               (change->about == TOASTY__ABOUT_COLUMN || change->about == TOASTY__ABOUT_CONSTRAINT);
    }
}

static void fill_in(const toasty__change *change, const char *text, toasty__buffer *out)
{
    for (; *text; text++) {
        if (*text != '$') {
            toasty__buffer_char(out, *text);
            continue;
        }
        const char *said = *++text == 't' ? change->table ? change->table->name : ""
                           : *text == 'n' ? change->name
                           : *text == 'b' ? change->before
                                          : change->after;
        toasty__buffer_text(out, said ? said : "nothing");
    }
}

void toasty__change_describe(const toasty__change *change, toasty__buffer *out)
{
    fill_in(change, words[change->kind].what, out);
    toasty__buffer_text(out, *words[change->kind].remedy ? ": " : "");
    fill_in(change, words[change->kind].remedy, out);
}
