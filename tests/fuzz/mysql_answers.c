/* What a MySQL or MariaDB server says, from its greeting on: each job is done once, with the rows that were
 * sent for it or with an error.
 *
 * The first byte of an input chooses: 1 MariaDB, else MySQL; 2 the input begins with the greeting, else a
 * server that has let us in stands before it; 4 no pipeline. The rest is what the server says; it arrives up
 * to the next `|` `|`, and what has become possible by then is done. Then the server is gone. */
#include "base/arena.h"
#include "base/error.h"
#include "core/url.h"
#include "drivers/mysql/mysql.h"
#include "fiber/reactor.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern const toasty_driver toasty_mysql_driver, toasty_mariadb_driver;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define must(condition) ((condition) ? (void)0 : fail(#condition, __LINE__))

_Noreturn static void fail(const char *what, int where)
{
    fprintf(stderr, "does not hold: %s (line %d)\n", what, where);
    abort();
}

/* --- rows: each in a block of its own, so that a step beyond it is seen --- */

typedef struct Wide {
    int64_t number;
    const char *text;
    toasty_uuid uuid;
    toasty_timestamp time;
    double real;
} Wide;

#define FIELD(name_, TYPE)                                                                                   \
    {                                                                                                        \
        .name = #name_, .column = #name_, .type = TOASTY_TYPE_##TYPE, .flags = TOASTY_FIELD_NULL_COLUMN,     \
        .embed = TOASTY_NO_EMBED, .set_offset = TOASTY_NO_OFFSET, .offset = offsetof(Wide, name_)            \
    }
static const toasty_field fields[] = {FIELD(number, I64), FIELD(text, TEXT), FIELD(uuid, UUID),
                                      FIELD(time, TIMESTAMP), FIELD(real, F64)};
enum { FIELDS = sizeof fields / sizeof *fields, MOST_DESCRIBED = 32 };
static const toasty_field *const columns[] = {&fields[0], &fields[1], &fields[2], &fields[3], &fields[4]};
static const toasty_model model = {
    .name = "Wide", .table = "wide", .fields = fields, .field_count = FIELDS, .size = sizeof(Wide)};

typedef struct rows {
    toasty_sink sink; /* first: the driver hands it back */
    toasty__arena arena;
    void **items;
    size_t count, capacity, size;
    toasty_field described[MOST_DESCRIBED];
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

static int rows_describe(toasty_sink *sink, const char *const *names, size_t count, toasty_error *err)
{
    rows *rows = (struct rows *)sink;
    if (count > MOST_DESCRIBED)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "too many columns");
    for (size_t i = 0; i < count; i++) {
        must(strlen(names[i]) < 1 << 20);
        rows->described[i] = (toasty_field){.name = "described",
                                            .column = "described",
                                            .type = TOASTY_TYPE_TEXT,
                                            .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN,
                                            .embed = TOASTY_NO_EMBED,
                                            .offset = (uint32_t)(i * sizeof(char *)),
                                            .set_offset = TOASTY_NO_OFFSET};
        rows->described_columns[i] = &rows->described[i];
    }
    rows->sink.columns = rows->described_columns;
    rows->sink.column_count = (uint16_t)count;
    rows->size = count * sizeof(char *);
    return 0;
}

static void rows_init(rows *rows, bool described, uint16_t count)
{
    *rows = (struct rows){.sink = {.row = rows_add, .arena = &rows->arena}, .size = sizeof(Wide)};
    toasty__arena_init(&rows->arena, 0);
    if (described)
        rows->sink.describe = rows_describe;
    else {
        rows->sink.model = &model;
        rows->sink.columns = columns;
        rows->sink.column_count = count;
    }
}

static void rows_done(rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->items[i]);
    free(rows->items);
    toasty__arena_done(&rows->arena);
}

/* --- what is asked --- */

static const toasty_statement kept = {.id = 1, .sql = "SELECT 1", .table = "wide", .model = &model};
static const toasty_statement wide = {
    .id = 2, .sql = "SELECT 2", .table = "wide", .model = &model, .returns_rows = true};
static const toasty_statement change = {
    .sql = "UPDATE", .table = "wide", .writes = true, .text_results = true};
static const toasty_statement raw = {
    .sql = "SHOW", .table = "", .writes = true, .text_results = true, .foreign = true};

typedef struct call {
    toasty_job job;
    toasty_operation operations[2];
    rows rows;
    bool submitted, done;
} call;

enum { CALLS = 5 };

typedef struct talk {
    toasty_connect connect; /* first: it is handed back */
    bool answered;
    toasty_url url;
    toasty_database database;
    const toasty_driver *driver;
    uv_loop_t loop;
    toasty__reactor *reactor;
    toasty_connection *connection;
    bool connected;
    int listener, server;
    call calls[CALLS];
} talk;

static void on_done(toasty_job *job)
{
    call *call = (struct call *)job;
    must(call->submitted && !call->done);
    call->done = true;
    must(job->error.code != TOASTY_OK || !job->failed);
    must(job->failed < job->count);
}

static void submit(talk *talk, size_t i, bool atomic, const toasty_statement *first,
                   const toasty_statement *second, bool described, uint16_t columns_wanted)
{
    call *call = &talk->calls[i];
    *call = (struct call){.submitted = true};
    rows_init(&call->rows, described, columns_wanted);
    call->operations[0] = (toasty_operation){.kind = TOASTY_OPERATION_SQL, .statement = first};
    call->operations[1] = (toasty_operation){.kind = TOASTY_OPERATION_SQL, .statement = second};
    call->job = (toasty_job){
        .operations = call->operations, .count = second ? 2 : 1, .atomic = atomic, .done = on_done};
    call->operations[second != NULL].sink = columns_wanted || described ? &call->rows.sink : NULL;
    talk->driver->submit(talk->connection, &call->job);
}

/* --- the server --- */

static char path[64];

static void remove_path(void)
{
    unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/toasty-fuzz-mysql.%d", folder ? folder : P_tmpdir, (int)getpid());
    must(strlen(path) + 1 < sizeof path && atexit(remove_path) == 0);
    return 0;
}

static int listen_at(const char *at)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(at);
    strcpy(address.sun_path, at);
    must(listener >= 0);
    must(bind(listener, (const struct sockaddr *)&address, sizeof address) == 0);
    must(listen(listener, 4) == 0);
    return listener;
}

/* A server that lets everybody in, and takes what it is told. */
static void add_packet(toasty__buffer *out, uint8_t sequence, const void *body, size_t length)
{
    size_t start = my_begin(out);
    my_put(out, body, length);
    toasty__my_end(out, start, sequence);
}

static void add_text_row(toasty__buffer *out, uint8_t sequence, const char *const *cells, size_t count)
{
    size_t start = my_begin(out);
    for (size_t i = 0; i < count; i++)
        my_put_counted(out, cells[i], strlen(cells[i]));
    toasty__my_end(out, start, sequence);
}

static void add_prologue(toasty__buffer *out, bool mariadb)
{
    static const char ok[] = {0, 0, 0, 2, 0, 0, 0}, end[] = {(char)0xfe, 0, 0, 2, 0, 0, 0};
    static const char definition[] = "\3def\0\0\0\1x\0\14\55\0\0\1\0\0\375\0\0\0\0\0";
    static const char *const answers[] = {"7",      "16777216", "1", "REPEATABLE-READ", "STRICT_ALL_TABLES",
                                          "+00:00", "utf8mb4"};
    enum { ANSWERS = sizeof answers / sizeof *answers };
    static const char greeting[] = "\12"
                                   "8.0.31\0"
                                   "\7\0\0\0"
                                   "\1\2\3\4\5\6\7\10\0"
                                   "\xff\xf7\xff\2\0\xff\xdf\25"
                                   "\0\0\0\0\0\0\0\0\0\0"
                                   "\11\12\13\14\15\16\17\20\21\22\23\24\0"
                                   "mysql_native_password";
    static const char other[] = "\12"
                                "10.11.9-MariaDB\0"
                                "\7\0\0\0"
                                "\1\2\3\4\5\6\7\10\0"
                                "\xfe\xf7\xff\2\0\xff\xdf\25"
                                "\0\0\0\0\0\0\x1f\0\0\0"
                                "\11\12\13\14\15\16\17\20\21\22\23\24\0"
                                "mysql_native_password";
    uint8_t sequence = 1;
    add_packet(out, 0, mariadb ? other : greeting, mariadb ? sizeof other : sizeof greeting);
    add_packet(out, 2, ok, sizeof ok); /* the login */
    add_packet(out, 1, ok, sizeof ok); /* what the session is told */
    add_packet(out, sequence++, (const char[]){ANSWERS}, 1);
    for (size_t i = 0; i < ANSWERS; i++)
        add_packet(out, sequence++, definition, sizeof definition - 1);
    add_text_row(out, sequence++, answers, ANSWERS);
    add_packet(out, sequence, end, sizeof end);
}

static void say(talk *talk, const void *bytes, size_t length)
{
    ssize_t said = talk->server >= 0 ? send(talk->server, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
    (void)said; /* what nobody takes is lost */
}

static void turn(talk *talk)
{
    for (int i = 0; i < 6; i++)
        uv_run(&talk->loop, UV_RUN_NOWAIT);
}

/* --- one talk --- */

static void on_connected(toasty_connect *connect)
{
    must(connect->connection || connect->error.code != TOASTY_OK);
    ((talk *)connect)->answered = true;
}

static void start(talk *talk, bool mariadb, bool pipeline)
{
    char url[160];
    toasty_error error;
    talk->driver = mariadb ? &toasty_mariadb_driver : &toasty_mysql_driver;
    snprintf(url, sizeof url, "%s://u:p@/d?socket=%s&sslmode=disable&pipeline=%s", talk->driver->name, path,
             pipeline ? "on" : "off");
    must(toasty__url_parse(&talk->url, url, &error) == 0);
    must(talk->driver->open(&talk->url, &talk->database, &error) == 0);
    must(uv_loop_init(&talk->loop) == 0);
    talk->reactor = toasty__reactor_of_loop(&talk->loop, &error);
    must(talk->reactor);
    talk->listener = listen_at(path);
    talk->connect = (toasty_connect){.reactor = talk->reactor, .timeout_ms = 60000, .done = on_connected};
    talk->driver->connect(&talk->database, &talk->connect);
    talk->server = accept(talk->listener, NULL, NULL);
}

static void ask(talk *talk)
{
    submit(talk, 0, false, &kept, NULL, false, 1);
    submit(talk, 1, false, &raw, NULL, true, 0);
    submit(talk, 2, true, &change, &wide, false, FIELDS);
    submit(talk, 3, false, &wide, NULL, false, FIELDS);
    submit(talk, 4, true, &change, &change, false, 0);
}

static void stop(talk *talk)
{
    shutdown(talk->server, SHUT_RDWR);
    for (int turns = 0; turns < 100; turns++) {
        bool waits = !talk->answered;
        for (size_t i = 0; i < CALLS; i++)
            waits |= talk->calls[i].submitted && !talk->calls[i].done;
        if (!waits)
            break;
        turn(talk);
    }
    must(talk->answered);
    if (talk->connect.connection)
        talk->connection = talk->connect.connection;
    for (size_t i = 0; i < CALLS; i++) {
        must(!talk->calls[i].submitted || talk->calls[i].done);
        rows_done(&talk->calls[i].rows);
    }
    if (talk->connection) {
        talk->driver->detach(talk->connection);
        talk->driver->disconnect(talk->connection);
    }
    close(talk->server);
    close(talk->listener);
    talk->driver->close(&talk->database);
    toasty__url_done(&talk->url);
    toasty__reactor_release(talk->reactor);
    uv_run(&talk->loop, UV_RUN_DEFAULT);
    must(uv_loop_close(&talk->loop) == 0);
}

static void look(talk *talk)
{
    if (talk->connected || !talk->connect.connection)
        return;
    talk->connected = true;
    talk->connection = talk->connect.connection;
    ask(talk);
    turn(talk);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    talk talk = {.server = -1};
    toasty__buffer prologue;
    uint8_t choice = length ? bytes[0] : 0;
    start(&talk, choice & 1, !(choice & 4));
    turn(&talk);
    if (!(choice & 2)) {
        toasty__buffer_init(&prologue);
        add_prologue(&prologue, choice & 1);
        say(&talk, prologue.bytes, prologue.length);
        toasty__buffer_done(&prologue);
        turn(&talk);
        look(&talk);
        must(talk.connected);
    }
    const uint8_t *at = bytes + (length > 0), *end = bytes + length;
    while (at < end) {
        const uint8_t *mark = memmem(at, (size_t)(end - at), "||", 2);
        size_t count = (size_t)((mark ? mark : end) - at);
        say(&talk, at, count);
        turn(&talk);
        look(&talk);
        at += count + (mark ? 2 : 0);
    }
    stop(&talk);
    return 0;
}
