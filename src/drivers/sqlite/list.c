/* The items of a list as a table, toasty_list(?): one parameter for a list of any length and any type.
 *
 * A placeholder for each item would have to be parsed and has a limit, and JSON has no bytes; here SQLite
 * asks for the items one by one, where they are. Whoever binds a list has checked its items. The parameter is
 * a pointer, which no text can forge: without one the table is empty. */
#include "drivers/sqlite/connection.h"

#include "base/alloc.h"
#include "core/decode.h"

#include <string.h>

static const char pointer_type[] = "toasty_list";

/* What is bound. */
typedef struct bound_list {
    const toasty_value *list;
    const toasty_field *field; /* what the items are for; may be NULL */
    uint8_t type;
} bound_list;

int toasty__sqlite_bind_list(sqlite3_stmt *stmt, int place, const toasty_value *list,
                             const toasty__destination *of)
{
    bound_list *bound = toasty__malloc(sizeof *bound);
    if (!bound)
        return SQLITE_NOMEM;
    *bound = (bound_list){list, of->field, of->type};
    return sqlite3_bind_pointer(stmt, place, bound, pointer_type, toasty__free);
}

/* --- the table --- */

enum { COLUMN_KEY, COLUMN_VALUE, COLUMN_LIST };

static int connect_table(sqlite3 *db, void *data, int count, const char *const *words, sqlite3_vtab **out,
                         char **message)
{
    (void)data, (void)count, (void)words, (void)message;
    int code = sqlite3_declare_vtab(db, "CREATE TABLE x(key, value, list HIDDEN)");
    if (code != SQLITE_OK)
        return code;
    *out = sqlite3_malloc(sizeof **out);
    if (!*out)
        return SQLITE_NOMEM;
    memset(*out, 0, sizeof **out);
    return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

/* The list is an argument, or there is no way to read the table. */
static int choose_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    for (int i = 0; i < info->nConstraint; i++) {
        if (info->aConstraint[i].iColumn != COLUMN_LIST || !info->aConstraint[i].usable ||
            info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        info->aConstraintUsage[i].argvIndex = 1;
        info->aConstraintUsage[i].omit = 1;
        info->estimatedCost = 100;
        info->estimatedRows = 100;
        return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT;
}

/* --- a walk over it --- */

typedef struct cursor {
    sqlite3_vtab_cursor base;
    const bound_list *bound; /* NULL: no list */
    uint32_t at;
} cursor;

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    cursor *made = sqlite3_malloc(sizeof *made);
    if (!made)
        return SQLITE_NOMEM;
    *made = (cursor){.bound = NULL};
    *out = &made->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    sqlite3_free(base);
    return SQLITE_OK;
}

static int begin_walk(sqlite3_vtab_cursor *base, int index, const char *name, int count,
                      sqlite3_value **values)
{
    (void)index, (void)name;
    cursor *walk = (cursor *)base;
    walk->bound = count > 0 ? sqlite3_value_pointer(values[0], pointer_type) : NULL;
    walk->at = 0;
    return SQLITE_OK;
}

static int go_on(sqlite3_vtab_cursor *base)
{
    ((cursor *)base)->at++;
    return SQLITE_OK;
}

static int has_ended(sqlite3_vtab_cursor *base)
{
    const cursor *walk = (const cursor *)base;
    return !walk->bound || walk->at >= walk->bound->list->len;
}

static int row_number(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = ((const cursor *)base)->at;
    return SQLITE_OK;
}

static void answer_integer(sqlite3_context *context, const bound_list *bound, int64_t value)
{
    char written[SQLITE_TIME_TEXT];
    const char *text = toasty__sqlite_text_of(bound->field, bound->type, value, written);
    if (text)
        sqlite3_result_text(context, text, -1, text == written ? SQLITE_TRANSIENT : SQLITE_STATIC);
    else
        sqlite3_result_int64(context, value);
}

/* Texts and bytes are where the caller has them, until the job is done. */
static void answer_item(sqlite3_context *context, const bound_list *bound, uint32_t i)
{
    toasty_value item = toasty__list_item(bound->list, i);
    switch ((toasty_value_kind)item.kind) {
    case TOASTY_VALUE_INT:
        answer_integer(context, bound, item.as.integer);
        break;
    case TOASTY_VALUE_FLOAT:
        sqlite3_result_double(context, item.as.real);
        break;
    case TOASTY_VALUE_TEXT:
        sqlite3_result_text64(context, item.as.text, item.len, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case TOASTY_VALUE_BYTES:
        sqlite3_result_blob64(context, item.as.bytes, item.len, SQLITE_STATIC);
        break;
    case TOASTY_VALUE_UUID:
        sqlite3_result_blob(context, item.as.uuid, sizeof item.as.uuid, SQLITE_TRANSIENT);
        break;
    default:
        sqlite3_result_null(context);
    }
}

static int answer(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const cursor *walk = (const cursor *)base;
    if (column == COLUMN_KEY)
        sqlite3_result_int64(context, walk->at);
    else if (column == COLUMN_VALUE)
        answer_item(context, walk->bound, walk->at);
    return SQLITE_OK;
}

/* Without xCreate: it is there without having been made. */
static const sqlite3_module module = {
    .xConnect = connect_table,
    .xBestIndex = choose_index,
    .xDisconnect = disconnect_table,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = begin_walk,
    .xNext = go_on,
    .xEof = has_ended,
    .xColumn = answer,
    .xRowid = row_number,
};

int toasty__sqlite_add_lists(sqlite3 *db)
{
    return sqlite3_create_module(db, pointer_type, &module, NULL);
}
