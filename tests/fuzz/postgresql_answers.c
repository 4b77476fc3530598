/* What a PostgreSQL server answers, in whatever order: each job is done once, with the rows that were sent
 * for it or with an error.
 *
 * The first line of an input says what is asked, the rest what the server answers (server_script.h) and what
 * happens meanwhile. The driver is the real one, its client library is not (fake_libpq.h).
 *
 *     first line                              among the answers
 *     k l m   reads that are prepared         |     what was said so far arrives
 *     t       a read by its text              >     the next jobs are submitted
 *     u v     writes, v gives rows back       !2    the third job that is under way is given up
 *     w       a write by its text             @     the connection moves, once no job is under way
 *     x r     the user's, r with rows         ~     the session is to be cleaned
 *     b c o   BEGIN, COMMIT, ROLLBACK         *2    two requests to stop a statement may hit somebody
 *     s p     SAVEPOINT, a ping
 *     ( )     a job of several, all or nothing
 *     [ ]     a job of several
 *     ;       what follows is submitted later
 *     %       nothing is prepared             $     the server does not promise UTF-8
 *     #5      the sixth allocation fails */
#include "drivers/postgresql/postgresql.h"

#include "base/error.h"
#include "core/url.h"

#include "fake_libpq.h"
#include "server_script.h"

#include <stddef.h>
#include <stdio.h>
#include <toasty/memory.h>

extern const toasty_driver toasty_postgresql_driver;
#define DRIVER (&toasty_postgresql_driver)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define must(condition) ((condition) ? (void)0 : fail(#condition, __LINE__))

_Noreturn static void fail(const char *what, int where)
{
    fprintf(stderr, "does not hold: %s (line %d)\n", what, where);
    abort();
}

/* --- memory that ends --- */

static uint64_t allocations_left;

static bool is_exhausted(void)
{
    return allocations_left && --allocations_left == 0;
}

static void *allocate(size_t size)
{
    return is_exhausted() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size)
{
    return is_exhausted() ? NULL : realloc(memory, size);
}

/* --- rows: each in a block of its own, so that a step beyond it is seen --- */

typedef struct Wide {
    int64_t number;
    const char *text;
    bool truth;
    double real;
    toasty_uuid uuid;
    toasty_timestamp time;
    toasty_bytes bytes;
} Wide;

#define FIELD(name_, member_, TYPE, flags_)                                                                  \
    {                                                                                                        \
        .name = (name_), .column = (name_), .type = TOASTY_TYPE_##TYPE, .flags = (flags_),                   \
        .embed = TOASTY_NO_EMBED, .set_offset = TOASTY_NO_OFFSET, .offset = offsetof(Wide, member_)          \
    }
static const toasty_field wide_fields[] = {
    FIELD("number", number, I64, 0),
    FIELD("text", text, TEXT, TOASTY_FIELD_NULL_COLUMN),
    FIELD("truth", truth, BOOL, 0),
    FIELD("real", real, F64, 0),
    FIELD("uuid", uuid, UUID, 0),
    FIELD("time", time, TIMESTAMP, 0),
    FIELD("bytes", bytes, BYTES, TOASTY_FIELD_NULL_COLUMN),
};
enum { WIDE = sizeof wide_fields / sizeof *wide_fields, MOST_DESCRIBED = 64 };
static const toasty_field *const wide_columns[] = {&wide_fields[0], &wide_fields[1], &wide_fields[2],
                                                   &wide_fields[3], &wide_fields[4], &wide_fields[5],
                                                   &wide_fields[6]};
static const toasty_model wide_model = {
    .name = "Wide", .table = "wide", .fields = wide_fields, .field_count = WIDE, .size = sizeof(Wide)};

typedef struct rows {
    toasty_sink sink; /* first: the driver hands it back */
    toasty__arena arena;
    void **items;
    size_t count, capacity, size;
    bool described;
    toasty_field described_fields[MOST_DESCRIBED];
    const toasty_field *described_columns[MOST_DESCRIBED];
} rows;

static void *rows_add(toasty_sink *sink)
{
    rows *rows = (struct rows *)sink;
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity ? 2 * rows->capacity : 8;
        rows->items = realloc(rows->items, rows->capacity * sizeof *rows->items);
    }
    must(rows->items);
    return rows->items[rows->count++] = calloc(1, rows->size ? rows->size : 1);
}

/* Like the one of src/db/raw.c: texts side by side, as many as there are columns. */
static int rows_describe(toasty_sink *sink, const char *const *names, size_t count, toasty_error *err)
{
    rows *rows = (struct rows *)sink;
    must(!rows->described);
    must(!rows->count);
    rows->described = true;
    if (count > MOST_DESCRIBED)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "too many columns");
    for (size_t i = 0; i < count; i++) {
        must(strlen(names[i]) < SCRIPT_ROOM);
        rows->described_fields[i] = (toasty_field){.name = "described",
                                                   .column = "described",
                                                   .type = TOASTY_TYPE_TEXT,
                                                   .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN,
                                                   .embed = TOASTY_NO_EMBED,
                                                   .offset = (uint32_t)(i * sizeof(char *)),
                                                   .set_offset = TOASTY_NO_OFFSET};
        rows->described_columns[i] = &rows->described_fields[i];
    }
    rows->sink.columns = rows->described_columns;
    rows->sink.column_count = (uint16_t)count;
    rows->size = count * sizeof(char *);
    return 0;
}

typedef enum { NO_ROWS, NUMBERS, WIDE_ROWS, DESCRIBED } wanted;

static rows *rows_new(wanted wanted)
{
    rows *rows = calloc(1, sizeof *rows);
    must(rows);
    toasty__arena_init(&rows->arena, 0);
    rows->sink.row = rows_add;
    rows->sink.arena = &rows->arena;
    if (wanted == DESCRIBED) {
        rows->sink.describe = rows_describe;
        return rows;
    }
    rows->size = sizeof(Wide);
    rows->sink.model = &wide_model;
    rows->sink.columns = wide_columns;
    rows->sink.column_count = wanted == NUMBERS ? 1 : WIDE;
    return rows;
}

static void read_row(const rows *rows, const void *row)
{
    for (size_t i = 0; i < rows->sink.column_count; i++) {
        const toasty_field *field = rows->sink.columns[i];
        const char *const *text = (const char *const *)((const char *)row + field->offset);
        if (field->type == TOASTY_TYPE_TEXT && *text)
            must(strlen(*text) < SCRIPT_ROOM);
    }
}

static void rows_free(rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->items[i]);
    free(rows->items);
    toasty__arena_done(&rows->arena);
    free(rows);
}

/* --- what is asked --- */

enum { MOST_OPERATIONS = 8, MOST_CALLS = 64 };

#define STATEMENT(id_, ...)                                                                                  \
    {                                                                                                        \
        .id = (id_), .sql = "text", .operation = "SQL", .table = "wide", __VA_ARGS__                         \
    }
static const struct {
    char letter;
    uint8_t kind;
    wanted wanted;
    bool may_commit; /* …by itself */
    toasty_statement statement;
} operations[] = {
    {'k', TOASTY_OPERATION_SQL, NUMBERS, false, STATEMENT(1, .model = &wide_model)},
    {'l', TOASTY_OPERATION_SQL, WIDE_ROWS, false, STATEMENT(2, .model = &wide_model)},
    {'m', TOASTY_OPERATION_SQL, NO_ROWS, false, STATEMENT(3, .model = &wide_model)},
    {'t', TOASTY_OPERATION_SQL, NUMBERS, false, STATEMENT(0, .model = &wide_model)},
    {'u', TOASTY_OPERATION_SQL, NO_ROWS, true, STATEMENT(4, .model = &wide_model, .writes = true)},
    {'v', TOASTY_OPERATION_SQL, NUMBERS, true, STATEMENT(5, .model = &wide_model, .writes = true)},
    {'w', TOASTY_OPERATION_SQL, NO_ROWS, true, STATEMENT(0, .model = &wide_model, .writes = true)},
    {'x', TOASTY_OPERATION_SQL, NO_ROWS, true,
     STATEMENT(0, .writes = true, .text_results = true, .foreign = true)},
    {'r', TOASTY_OPERATION_SQL, DESCRIBED, true,
     STATEMENT(0, .writes = true, .text_results = true, .foreign = true)},
    {'b', TOASTY_OPERATION_BEGIN, NO_ROWS, false, {0}},
    {'c', TOASTY_OPERATION_COMMIT, NO_ROWS, true, {0}},
    {'o', TOASTY_OPERATION_ROLLBACK, NO_ROWS, false, {0}},
    {'s', TOASTY_OPERATION_SAVEPOINT, NO_ROWS, false, {0}},
    {'p', TOASTY_OPERATION_PING, NO_ROWS, false, {0}},
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

/* Gone once it is done: whoever touches it later is seen. */
typedef struct call {
    toasty_job job; /* first: it comes back with it */
    size_t place;   /* in `calls` */
    bool may_commit;
    toasty_operation operations[MOST_OPERATIONS];
    rows *rows[MOST_OPERATIONS];
} call;

static call *calls[MOST_CALLS]; /* under way; NULL: done */
static size_t call_count, under_way;
static size_t rows_at_most; /* that can have come so far */

static void check_answer(const toasty_operation *operation, const rows *rows)
{
    must(operation->count >= 0);
    if (!rows)
        return;
    must(rows->count <= rows_at_most);
    must(!rows->count || rows->count == (size_t)operation->count);
    for (size_t i = 0; i < rows->count; i++)
        read_row(rows, rows->items[i]);
}

static void check_error(const call *call)
{
    const toasty_error *error = &call->job.error;
    must(error->code < TOASTY_DATABASE_ERROR + 1);
    must(strlen(error->message) > 0);
    must(call->job.failed < call->job.count);
    must(error->code != TOASTY_OUTCOME_UNKNOWN || call->may_commit);
}

static void on_done(toasty_job *job)
{
    call *call = (struct call *)job;
    must(calls[call->place] == call);
    if (job->error.code == TOASTY_OK)
        for (uint32_t i = 0; i < job->count; i++)
            check_answer(&call->operations[i], call->rows[i]);
    else
        check_error(call);
    calls[call->place] = NULL;
    under_way--;
    for (uint32_t i = 0; i < job->count; i++)
        if (call->rows[i])
            rows_free(call->rows[i]);
    free(call);
}

static call *call_new(void)
{
    call *call = calloc(1, sizeof *call);
    must(call);
    call->job.operations = call->operations;
    call->job.done = on_done;
    return call;
}

static void call_add(call *call, char letter)
{
    size_t i = 0;
    while (i < OPERATIONS && operations[i].letter != letter)
        i++;
    if (i == OPERATIONS || call->job.count == MOST_OPERATIONS)
        return;
    uint32_t place = call->job.count++;
    toasty_operation *operation = &call->operations[place];
    operation->kind = operations[i].kind;
    operation->statement = operation->kind == TOASTY_OPERATION_SQL ? &operations[i].statement : NULL;
    call->may_commit = call->may_commit || operations[i].may_commit;
    if (operations[i].wanted == NO_ROWS)
        return;
    call->rows[place] = rows_new(operations[i].wanted);
    operation->sink = &call->rows[place]->sink;
}

static void call_submit(call *call, toasty_connection *connection)
{
    if (!call->job.count || call_count == MOST_CALLS) {
        for (uint32_t i = 0; i < call->job.count; i++)
            if (call->rows[i])
                rows_free(call->rows[i]);
        free(call);
        return;
    }
    call->place = call_count++;
    calls[call->place] = call;
    under_way++;
    DRIVER->submit(connection, &call->job);
}

/* --- what happens --- */

static uv_loop_t loop;
static toasty__reactor *reactor;
static toasty_database databases[2]; /* the second one prepares nothing */
static toasty_connection *connection;

static void turn(void)
{
    uv_run(&loop, UV_RUN_NOWAIT);
}

static void on_connected(toasty_connect *connect)
{
    connection = connect->connection;
}

static void start(toasty_database *database)
{
    toasty_connect connect = {.reactor = reactor, .done = on_connected};
    connection = NULL;
    DRIVER->connect(database, &connect);
    while (!connection)
        turn();
}

static void deliver(script *script)
{
    for (size_t i = 0; i < script->length; i++)
        rows_at_most += script->bytes[i] == 'D';
    if (script->length && send(line.server, script->bytes, script->length, MSG_NOSIGNAL) < 0)
        must(connection->broken);
    script->length = 0;
    for (int turns = 0; turns < 3; turns++)
        turn();
}

/* Up to the next `;`. */
static void submit_next(script *asked)
{
    call *group = NULL;
    for (char letter; script_more(asked) && (letter = script_next(asked)) != ';';) {
        if (letter == '(' || letter == '[') {
            if (!group)
                group = call_new();
            group->job.atomic = letter == '(';
        } else if (letter == ')' || letter == ']') {
            if (group)
                call_submit(group, connection);
            group = NULL;
        } else {
            call *call = group ? group : call_new();
            call_add(call, letter);
            if (!group)
                call_submit(call, connection);
        }
    }
    if (group)
        call_submit(group, connection);
}

static void give_up(size_t number)
{
    for (size_t i = 0; i < call_count; i++)
        if (calls[i] && number-- == 0) {
            DRIVER->cancel(connection, &calls[i]->job);
            return;
        }
}

static void move(void)
{
    toasty_error error;
    if (under_way || connection->broken)
        return;
    DRIVER->detach(connection);
    must(DRIVER->attach(connection, reactor, &error) == 0 || connection->broken);
}

static void perform(script *script, struct script *asked)
{
    while (script_more(script)) {
        char letter = script_next(script);
        switch (letter) {
        case ' ':
        case '\n':
            break;
        case '|':
            deliver(script);
            break;
        case '>':
            deliver(script);
            submit_next(asked);
            break;
        case '!':
            give_up((uint8_t)script_next(script) % 8);
            break;
        case '@':
            move();
            break;
        case '~':
            connection->unclean = true;
            break;
        case '*':
            ((pg_connection *)connection)->strays = (uint8_t)script_next(script) % 8;
            break;
        case '\\':
            script_say_bytes(script);
            break;
        default:
            script_say(script, letter);
        }
    }
}

/* The server hangs up: whatever is under way ends. */
static void stop(script *script)
{
    deliver(script);
    shutdown(line.server, SHUT_WR);
    for (int turns = 0; under_way; turns++) {
        must(turns < 1000);
        turn();
    }
    move();
    DRIVER->detach(connection);
    DRIVER->disconnect(connection);
    turn();
    close(line.server);
}

/* Leaves the letters of the jobs. */
static void read_options(script *asked, toasty_database **database, uint64_t *fails_at)
{
    *database = &databases[0];
    line.encoding = "UTF8";
    for (; script_more(asked) && strchr("%$#", *asked->at); asked->at++)
        switch (*asked->at) {
        case '%':
            *database = &databases[1];
            break;
        case '$':
            line.encoding = "SQL_ASCII";
            break;
        default:
            asked->at += asked->at + 1 < asked->end;
            *fails_at = (uint64_t)(*asked->at - '0' + 1) & 0xff;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static script asked, script;
    toasty_database *database;
    uint64_t fails_at = 0;
    const uint8_t *end = length ? memchr(bytes, '\n', length) : NULL;
    if (!end)
        return 0;
    asked.at = bytes;
    asked.end = end;
    script.at = end + 1;
    script.end = bytes + length;
    script.length = call_count = rows_at_most = 0;
    read_options(&asked, &database, &fails_at);
    start(database);
    allocations_left = fails_at;
    submit_next(&asked);
    turn();
    perform(&script, &asked);
    stop(&script);
    allocations_left = 0;
    return 0;
}

/* --- once --- */

static void open_database(toasty_database *database, const char *text)
{
    toasty_url url;
    toasty_error error;
    must(toasty__url_parse(&url, text, &error) == 0);
    must(DRIVER->open(&url, database, &error) == 0);
    toasty__url_done(&url);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const toasty_allocator allocator = {allocate, reallocate, free};
    toasty_error error;
    (void)argc;
    (void)argv;
    unsetenv("PGHOST");
    must(toasty_set_allocator(&allocator) == 0);
    must(uv_loop_init(&loop) == 0);
    reactor = toasty__reactor_of_loop(&loop, &error);
    must(reactor);
    open_database(&databases[0], "postgresql:///x");
    open_database(&databases[1], "postgresql:///x?prepare=off");
    return 0;
}
