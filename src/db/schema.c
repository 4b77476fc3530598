/* Making and dropping the tables of a schema, in one transaction where the database can.
 *
 * Where tables need no making, pushing has nothing to do, and a reset deletes the rows. */
#include "base/context.h"
#include "base/error.h"
#include "db/existing.h"
#include "db/raw.h"

static int run_text(toasty_db *db, const toasty__buffer *text, toasty_error *err)
{
    int64_t ignored;
    if (text->failed)
        return toasty__fail_memory(err);
    return toasty__raw_run(db, text->bytes, NULL, 0, &ignored, NULL, err);
}

/* --- push --- */

static int create_missing(toasty_db *db, const toasty__dialect *dialect, const toasty__existing *existing,
                          toasty_error *err)
{
    const toasty_schema *schema = db->pool->engine.schema;
    const char *prefix = db->pool->prefix;
    toasty__buffer text;
    toasty__ddl_object object;
    int status;
    toasty__buffer_init(&text);
    for (size_t step = 0;; step++) {
        toasty__buffer_clear(&text);
        status = dialect->create(schema, prefix, step, &object, &text, err);
        if (status <= 0)
            break;
        status = toasty__existing_has(existing, schema, prefix, &object, err);
        if (status == 0)
            status = run_text(db, &text, err);
        if (status < 0)
            break;
    }
    toasty__buffer_done(&text);
    return status;
}

static int push(toasty_db *db, const toasty__dialect *dialect, toasty_error *err)
{
    toasty__existing existing;
    if (toasty__existing_read(&existing, db, dialect, err) < 0)
        return -1;
    int status = toasty__existing_compare(&existing, db->pool->engine.schema, db->pool->prefix, dialect, err);
    if (status == 0)
        status = create_missing(db, dialect, &existing, err);
    toasty__existing_done(&existing);
    return status;
}

/* --- reset --- */

static int drop_all(toasty_db *db, const toasty__dialect *dialect, toasty_error *err)
{
    toasty__buffer text;
    int status;
    toasty__buffer_init(&text);
    for (size_t step = 0;; step++) {
        toasty__buffer_clear(&text);
        status = dialect->drop(db->pool->engine.schema, db->pool->prefix, step, &text, err);
        if (status <= 0 || (status = run_text(db, &text, err)) < 0)
            break;
    }
    toasty__buffer_done(&text);
    return status;
}

static int delete_all(toasty_db *db)
{
    const toasty_schema *schema = db->pool->engine.schema;
    for (size_t i = schema->model_count; i > 0; i--) {
        toasty_request request = {.kind = TOASTY_REQUEST_DELETE,
                                  .scan = true,
                                  .model = schema->models[i - 1],
                                  .find.everything = true};
        if (toasty__run_count(db, &request) < 0)
            return -1;
    }
    return 0;
}

/* --- both --- */

static int change(toasty_db *db,
                  int (*change)(toasty_db *db, const toasty__dialect *dialect, toasty_error *err))
{
    toasty_error *err = &toasty__context_current()->error;
    const toasty__dialect *dialect = db->pool->driver->dialect;
    if (!dialect->ddl_in_transaction || db->transaction)
        return change(db, dialect, err);
    toasty_db *transaction = toasty_begin(db);
    if (!transaction)
        return -1;
    int status = change(transaction, dialect, err);
    if (status == 0)
        status = toasty_commit(transaction);
    toasty_free(transaction);
    return status;
}

int toasty_push_schema(toasty_db *db)
{
    if (toasty__handle_check(db, toasty__context_current()) < 0)
        return -1;
    return db->pool->driver->dialect ? change(db, push) : 0;
}

int toasty_reset_schema(toasty_db *db)
{
    if (toasty__handle_check(db, toasty__context_current()) < 0)
        return -1;
    return db->pool->driver->dialect ? change(db, drop_all) : delete_all(db);
}
