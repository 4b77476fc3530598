/* A schema from its text: see print.c for what it looks like.
 *
 * Takes the lines of a table in any order, blank lines, CRLF and a byte order mark. What it does not know was
 * written by a newer release, and is refused with the number of its line. */
#include "schema/schema.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

typedef struct parser {
    toasty__schema *schema;
    toasty__schema_table *table; /* the one whose lines these are; NULL before the first */
    const char *at, *end;        /* of the line that is left */
    const char *next;            /* the line after it */
    size_t line;
    bool unsorted; /* a table stood before one of a lesser name */
    toasty_error *err;
} parser;

#define FAIL(p, format, ...)                                                                                 \
    toasty__fail((p)->err, TOASTY_INVALID_SCHEMA, "the schema's text, line %zu: " format, (p)->line,         \
                 __VA_ARGS__)

/* --- words --- */

/* The next line without what ends it; false at the end. */
static bool next_line(parser *p)
{
    if (!*p->next)
        return false;
    size_t length = strcspn(p->next, "\n");
    p->at = p->next;
    p->next += length + (p->next[length] == '\n');
    if (length && p->at[length - 1] == '\r')
        length--;
    p->end = p->at + length;
    p->line++;
    return true;
}

static bool skip_blanks(parser *p)
{
    while (p->at < p->end && *p->at == ' ')
        p->at++;
    return p->at < p->end;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind the opening quote. NULL with err. */
static const char *quoted(parser *p)
{
    char *text = toasty__arena_alloc(&p->schema->room->arena, (size_t)(p->end - p->at) + 1), *out = text;
    if (!text) {
        toasty__fail_memory(p->err);
        return NULL;
    }
    for (; p->at < p->end && *p->at != '"'; p->at++) {
        if (*p->at != '\\') {
            *out++ = *p->at;
            continue;
        }
        p->at++;
        if (p->end - p->at >= 3 && *p->at == 'x' && hex_digit(p->at[1]) >= 0 && hex_digit(p->at[2]) >= 0) {
            *out++ = (char)(hex_digit(p->at[1]) * 16 + hex_digit(p->at[2]));
            p->at += 2;
        } else if (p->at < p->end && (*p->at == '"' || *p->at == '\\'))
            *out++ = *p->at;
        else
            break;
    }
    if (p->at >= p->end || *p->at != '"') {
        FAIL(p, "%s", "a quoted name does not end");
        return NULL;
    }
    p->at++;
    *out = '\0';
    return text;
}

/* A name, quoted or bare. NULL with err. */
static const char *read_name(parser *p)
{
    if (!skip_blanks(p)) {
        FAIL(p, "%s", "a name is missing");
        return NULL;
    }
    if (*p->at == '"') {
        p->at++;
        return quoted(p);
    }
    const char *start = p->at;
    while (p->at < p->end && *p->at != ' ' && *p->at != '=' && *p->at != '"')
        p->at++;
    const char *name = toasty__room_text(p->schema->room, start, (size_t)(p->at - start));
    if (p->schema->room->failed) {
        toasty__fail_memory(p->err);
        return NULL;
    }
    return name;
}

/* True when `word=` stands next; then the value does. */
static bool takes(parser *p, const char *word)
{
    size_t length = strlen(word);
    if (!skip_blanks(p) || (size_t)(p->end - p->at) <= length || memcmp(p->at, word, length) != 0 ||
        p->at[length] != '=')
        return false;
    p->at += length + 1;
    return true;
}

/* True when the word alone stands next. */
static bool takes_word(parser *p, const char *word)
{
    size_t length = strlen(word);
    if (!skip_blanks(p) || (size_t)(p->end - p->at) < length || memcmp(p->at, word, length) != 0 ||
        (p->at + length < p->end && p->at[length] != ' '))
        return false;
    p->at += length;
    return true;
}

static int unknown(parser *p)
{
    return FAIL(p, "`%.*s` is not known here: it was written by a newer toasty; this one reads schema %d",
                (int)(p->end - p->at > 60 ? 60 : p->end - p->at), p->at, TOASTY__SCHEMA_FORMAT);
}

/* Names up to the first `word=`, `->` or the end. */
static int read_names(parser *p, toasty__texts *names)
{
    while (skip_blanks(p)) {
        size_t length = strcspn(p->at, " =\n");
        if (*p->at != '"' && (p->at[length] == '=' || strncmp(p->at, "->", 2) == 0))
            return 0;
        const char *name = read_name(p);
        if (!name)
            return -1;
        TOASTY__PUSH(p->schema->room, names, name);
    }
    return 0;
}

static int read_integer(parser *p, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(p->at, &end, 10);
    if (end == p->at || end > p->end || errno)
        return FAIL(p, "%s", "a number is missing");
    p->at = end;
    return 0;
}

static int read_number(parser *p, uint32_t *value)
{
    int64_t number;
    if (read_integer(p, &number) < 0)
        return -1;
    if (number < 0 || number > UINT32_MAX)
        return FAIL(p, "%s", "a number is too large");
    *value = (uint32_t)number;
    return 0;
}

/* --- lines --- */

static int read_values(parser *p, toasty__integers *values)
{
    for (;;) {
        int64_t value;
        if (read_integer(p, &value) < 0)
            return -1;
        TOASTY__PUSH(p->schema->room, values, value);
        if (p->at == p->end || *p->at != ',')
            return 0;
        p->at++;
    }
}

static int read_type(parser *p, toasty__schema_column *column)
{
    if (takes(p, "enum")) {
        column->type = TOASTY_TYPE_ENUM;
        return (column->labels = read_name(p)) ? 0 : -1;
    }
    const char *start = p->at, *name = read_name(p);
    if (!name)
        return -1;
    column->type = toasty__schema_type_of(name);
    if (column->type < TOASTY_TYPE_COUNT && column->type != TOASTY_TYPE_ENUM)
        return 0;
    p->at = start;
    return unknown(p);
}

static int read_column(parser *p)
{
    toasty__schema_column column = {.name = read_name(p)};
    if (!column.name || read_type(p, &column) < 0)
        return -1;
    if (takes(p, "in") && read_values(p, &column.values) < 0)
        return -1;
    column.null = takes_word(p, "null");
    column.counts = takes_word(p, "auto");
    column.together = takes(p, "together");
    if ((column.together || takes(p, "needs")) && !(column.needs = read_name(p)))
        return -1;
    if (toasty__schema_find_column(p->table, column.name))
        return FAIL(p, "table %s has the column %s twice", p->table->name, column.name);
    TOASTY__PUSH(p->schema->room, &p->table->columns, column);
    return 0;
}

static int read_parts(parser *p, toasty__schema_index *index)
{
    index->partition = 1;
    if (read_names(p, &index->columns) < 0 ||
        (takes(p, "partition") && read_number(p, &index->partition) < 0))
        return -1;
    if (index->columns.count == 0)
        return FAIL(p, "%s", "an index without columns");
    return 0;
}

static int read_key(parser *p)
{
    if (p->table->key.columns.count)
        return FAIL(p, "table %s has two keys", p->table->name);
    p->table->key.unique = true;
    return read_parts(p, &p->table->key);
}

static int read_index_of(parser *p, bool unique)
{
    toasty__schema_index index = {.name = read_name(p), .unique = unique};
    if (!index.name || read_parts(p, &index) < 0)
        return -1;
    TOASTY__PUSH(p->schema->room, &p->table->indexes, index);
    return 0;
}

static int read_index(parser *p)
{
    return read_index_of(p, false);
}

static int read_unique(parser *p)
{
    return read_index_of(p, true);
}

static int read_rule(parser *p, uint8_t *rule)
{
    bool given = takes(p, "on_delete");
    for (uint8_t i = 0; given && toasty__schema_rule_name(i); i++)
        if (takes_word(p, toasty__schema_rule_name(i))) {
            *rule = i;
            return 0;
        }
    return unknown(p);
}

static int read_foreign(parser *p)
{
    toasty__schema_foreign foreign = {.name = read_name(p)};
    if (!foreign.name || read_names(p, &foreign.columns) < 0)
        return -1;
    if (!takes_word(p, "->"))
        return FAIL(p, "foreign key %s: `->` is missing", foreign.name);
    if (!(foreign.table = read_name(p)) || read_names(p, &foreign.references) < 0 ||
        read_rule(p, &foreign.on_delete) < 0)
        return -1;
    if (foreign.columns.count == 0 || foreign.columns.count != foreign.references.count)
        return FAIL(p, "foreign key %s: it has %zu columns and refers to %zu", foreign.name,
                    foreign.columns.count, foreign.references.count);
    TOASTY__PUSH(p->schema->room, &p->table->foreigns, foreign);
    return 0;
}

static int read_enum(parser *p)
{
    toasty__schema_enum labels = {.name = read_name(p)};
    if (!labels.name)
        return -1;
    while (skip_blanks(p)) {
        const char *label = read_name(p);
        if (!label)
            return -1;
        TOASTY__PUSH(p->schema->room, &labels.labels, label);
    }
    if (toasty__schema_find_enum(p->schema, labels.name))
        return FAIL(p, "the enum %s stands twice", labels.name);
    TOASTY__PUSH(p->schema->room, &p->schema->enums, labels);
    return 0;
}

/* Tables of ours are sorted: as long as they are, only the last one is looked at. */
static bool is_new_table(parser *p, const char *name)
{
    const toasty__schema *schema = p->schema;
    size_t count = schema->tables.count;
    if (count && strcmp(schema->tables.items[count - 1].name, name) >= 0)
        p->unsorted = true;
    return !p->unsorted || !toasty__schema_find_table(schema, name);
}

static int read_table(parser *p)
{
    toasty__schema_table table = {.name = read_name(p)};
    if (!table.name || (takes(p, "model") && !(table.model = read_name(p))))
        return -1;
    if (!is_new_table(p, table.name))
        return FAIL(p, "the table %s stands twice", table.name);
    TOASTY__PUSH(p->schema->room, &p->schema->tables, table);
    if (p->schema->room->failed)
        return toasty__fail_memory(p->err);
    p->table = &p->schema->tables.items[p->schema->tables.count - 1];
    return 0;
}

static int read_targets(parser *p)
{
    return read_names(p, &p->schema->targets);
}

static int read_mapping(parser *p)
{
    if (!skip_blanks(p) || read_number(p, &p->schema->mapping) < 0)
        return FAIL(p, "%s", "a number is missing");
    return p->schema->mapping == TOASTY__SCHEMA_MAPPING ? 0
                                                        : FAIL(p, "mapping %u: this toasty has mapping %d",
                                                               p->schema->mapping, TOASTY__SCHEMA_MAPPING);
}

static const struct {
    const char *word;
    int (*read)(parser *p);
    bool in_table;
} lines[] = {
    {"column", read_column, true}, {"foreign", read_foreign, true},  {"index", read_index, true},
    {"key", read_key, true},       {"unique", read_unique, true},    {"enum", read_enum, false},
    {"table", read_table, false},  {"targets", read_targets, false}, {"mapping", read_mapping, false},
};

static int read_line(parser *p)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (!takes_word(p, lines[i].word))
            continue;
        if (lines[i].in_table && !p->table)
            return FAIL(p, "`%s` stands before the first table", lines[i].word);
        if (lines[i].read(p) < 0)
            return -1;
        return skip_blanks(p) ? unknown(p) : 0;
    }
    return unknown(p);
}

static int read_head(parser *p)
{
    uint32_t format = 0;
    if (!next_line(p) || !takes_word(p, "toasty") || !takes_word(p, "schema") || !skip_blanks(p) ||
        read_number(p, &format) < 0)
        return FAIL(p, "%s", "it does not begin with `toasty schema`");
    if (format > TOASTY__SCHEMA_FORMAT)
        return FAIL(p, "written by a newer toasty (schema %u); this one reads schema %d", format,
                    TOASTY__SCHEMA_FORMAT);
    return 0;
}

/* --- what the lines refer to --- */

static int check_names(parser *p, const toasty__schema_table *table, const toasty__texts *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        if (!toasty__schema_find_column(table, columns->items[i]))
            return toasty__fail(p->err, TOASTY_INVALID_SCHEMA,
                                "the schema's text: table %s does not have the column %s", table->name,
                                columns->items[i]);
    return 0;
}

static int check_table(parser *p, const toasty__schema_table *table)
{
    if (table->key.columns.count == 0)
        return toasty__fail(p->err, TOASTY_INVALID_SCHEMA, "the schema's text: table %s has no key",
                            table->name);
    int status = check_names(p, table, &table->key.columns);
    for (size_t i = 0; status == 0 && i < table->indexes.count; i++)
        status = check_names(p, table, &table->indexes.items[i].columns);
    for (size_t i = 0; status == 0 && i < table->foreigns.count; i++)
        status = check_names(p, table, &table->foreigns.items[i].columns);
    for (size_t i = 0; status == 0 && i < table->columns.count; i++) {
        const toasty__schema_column *column = &table->columns.items[i];
        if (column->needs)
            status =
                check_names(p, table, &(toasty__texts){.items = (const char **)&column->needs, .count = 1});
        if (column->labels && !toasty__schema_find_enum(p->schema, column->labels))
            status = toasty__fail(p->err, TOASTY_INVALID_SCHEMA, "the schema's text: there is no enum %s",
                                  column->labels);
    }
    return status;
}

int toasty__schema_parse(toasty__schema *schema, const char *text, toasty_error *err)
{
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    *schema = (toasty__schema){.room = schema->room, .mapping = TOASTY__SCHEMA_MAPPING};
    parser p = {.schema = schema, .next = text, .err = err};
    if (read_head(&p) < 0)
        return -1;
    while (next_line(&p))
        if (skip_blanks(&p) && read_line(&p) < 0)
            return -1;
    for (size_t i = 0; i < schema->tables.count; i++)
        if (check_table(&p, &schema->tables.items[i]) < 0)
            return -1;
    return schema->room->failed ? toasty__fail_memory(err) : 0;
}
