/* The scripted driver. Each connection has a queue of jobs, which it answers one after the other. */
#include "db/fake.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/decode.h"
#include "core/roots.h"
#include "fiber/reactor.h"
#include "sql/dialect.h"
#include "test.h"

#include <pthread.h>
#include <string.h>

fake_script fake_script_;
fake_counts fake_counts_;
int64_t fake_log_[FAKE_LOG];

/* --- the model --- */

static const toasty_field thing_fields[] = {{.name = "id",
                                             .column = "id",
                                             .type = TOASTY_TYPE_I64,
                                             .flags = TOASTY_FIELD_KEY,
                                             .embed = TOASTY_NO_EMBED,
                                             .offset = offsetof(Thing, id),
                                             .set_offset = TOASTY_NO_OFFSET,
                                             .new_offset = 0,
                                             .new_set_offset = TOASTY_NO_OFFSET}};
static const uint16_t key_fields[] = {0};
static const toasty_index thing_indexes[] = {{.name = "things_pkey",
                                              .fields = key_fields,
                                              .field_count = 1,
                                              .partition_count = 1,
                                              .primary = true,
                                              .unique = true}};
static const toasty_model thing_model = {.name = "Thing",
                                         .table = "things",
                                         .fields = thing_fields,
                                         .indexes = thing_indexes,
                                         .field_count = 1,
                                         .index_count = 1,
                                         .size = sizeof(Thing),
                                         .new_size = 16,
                                         .new_end_offset = 8};

static toasty_request get_request(int64_t id)
{
    toasty_request request = {.kind = TOASTY_REQUEST_GET,
                              .model = &thing_model,
                              .by = &thing_indexes[0],
                              .key_count = 1,
                              .keys = {toasty__int(id)}};
    return request;
}

Thing *thing_get(toasty_db *db, int64_t id)
{
    toasty_request request = get_request(id);
    return toasty__run(db, &request);
}

toasty_op thing_get_op(Thing **out, int64_t id)
{
    return (toasty_op){.request = get_request(id), .out = out};
}

bool thing_is_there(toasty_db *db, int64_t id)
{
    Thing *thing = thing_get(db, id);
    bool there = thing && thing->id == id;
    toasty_free(thing);
    return there;
}

/* --- connections --- */

typedef struct fake_connection {
    toasty_connection base; /* first */
    toasty_job *first, *last;
    int in_flight;
    pthread_t thread; /* of the reactor that it is attached to */
    bool working;     /* the timer will answer */
    toasty__timer *timer;
} fake_connection;

static void fault_unless_(bool ok, int line)
{
    if (!ok)
        fake_counts_.fault = line;
}
#define fault_unless(ok) fault_unless_((ok), __LINE__)

static void raise_to(atomic_int *most, int now)
{
    int seen = *most;
    while (now > seen && !atomic_compare_exchange_weak(most, &seen, now))
        ;
}

/* One column, and a row of it. */
static void describe_number(toasty_sink *sink, toasty_error *err)
{
    static const char *const names[] = {"number"};
    if (sink->describe(sink, names, 1, err) < 0)
        return;
    void *row = toasty_sink_row(sink);
    if (!row)
        toasty__fail_memory(err);
    else
        toasty__store_text(sink, row, sink->columns[0], "1", 1, err);
}

static void answer_operation(fake_connection *connection, toasty_operation *operation, toasty_job *job)
{
    toasty_connection *base = &connection->base;
    switch (operation->kind) {
    case TOASTY_OPERATION_BEGIN:
        fake_counts_.begins++;
        base->session = TOASTY_SESSION_IN_TRANSACTION;
        break;
    case TOASTY_OPERATION_COMMIT:
        if (fake_script_.lose_commit) {
            base->broken = true;
            toasty__fail(&job->error,
                         fake_script_.lose_commit == 1 ? TOASTY_OUTCOME_UNKNOWN : TOASTY_CONNECTION_LOST,
                         "gone");
            return;
        }
        base->session = 0;
        if (fake_script_.fail_commit > 0) {
            fake_script_.fail_commit--;
            toasty__fail(&job->error, TOASTY_SERIALIZATION_FAILURE, "try again");
            return;
        }
        fake_counts_.commits++;
        break;
    case TOASTY_OPERATION_ROLLBACK:
        fake_counts_.rollbacks++;
        base->session = 0;
        break;
    case TOASTY_OPERATION_PING:
        fake_counts_.pings++;
        break;
    case TOASTY_OPERATION_SQL:
        fake_counts_.outside += base->session == 0;
        for (int i = 0; i < fake_script_.descriptions && operation->sink && operation->sink->describe; i++)
            describe_number(operation->sink, &job->error);
        if (fake_script_.fail_statements)
            toasty__fail(&job->error, TOASTY_DATABASE_ERROR, "no");
        else if (operation->sink && operation->value_count == 1) {
            void *row = toasty_sink_row(operation->sink);
            operation->count = 1;
            if (!row)
                toasty__fail_memory(&job->error);
            else
                toasty__store_int(operation->sink, row, operation->sink->columns[0],
                                  operation->values[0].as.integer, &job->error);
        }
        break;
    default:
        break;
    }
}

static void work(fake_connection *connection);

static toasty_job *take_first(fake_connection *connection)
{
    toasty_job *job = connection->first;
    connection->first = job->next;
    if (!connection->first)
        connection->last = NULL;
    connection->in_flight--;
    return job;
}

static void lose(fake_connection *connection)
{
    connection->base.broken = true;
    while (connection->first) {
        toasty_job *job = take_first(connection);
        toasty__fail(&job->error, TOASTY_CONNECTION_LOST, "the server went away");
        job->done(job);
    }
}

static void answer(fake_connection *connection)
{
    connection->working = false;
    if (!connection->first)
        return;
    if (fake_script_.holds) {
        work(connection);
        return;
    }
    fault_unless(connection->base.reactor && toasty__reactor_is_here(connection->base.reactor));
    if (fake_script_.break_in > 0 && --fake_script_.break_in == 0) {
        lose(connection);
        return;
    }
    toasty_job *job = take_first(connection);
    for (uint32_t i = 0; i < job->count && job->error.code == TOASTY_OK; i++) {
        answer_operation(connection, &job->operations[i], job);
        job->failed = i;
    }
    job->done(job);
    work(connection);
}

static void timer_fired(void *arg)
{
    answer(arg);
}

static void work(fake_connection *connection)
{
    if (connection->working || !connection->first)
        return;
    connection->working = true;
    toasty__timer_start(connection->timer, fake_script_.answer_ms);
}

static void submit(toasty_connection *base, toasty_job *job)
{
    fake_connection *connection = (fake_connection *)base;
    const toasty_operation *operation = job->operations;
    if (operation->value_count == 1 && fake_counts_.asked < FAKE_LOG)
        fake_log_[fake_counts_.asked++] = operation->values[0].as.integer;
    fake_counts_.jobs++;
    fault_unless(base->reactor && pthread_equal(connection->thread, pthread_self()));
    fault_unless(!base->broken);
    fault_unless(fake_script_.pipeline || connection->in_flight == 0);
    fault_unless(!base->session || connection->in_flight == 0);
    job->next = NULL;
    *(connection->last ? &connection->last->next : &connection->first) = job;
    connection->last = job;
    raise_to(&fake_counts_.most_in_flight, ++connection->in_flight);
    if (fake_script_.in_place)
        answer(connection);
    else
        work(connection);
}

static void cancel(toasty_connection *base, toasty_job *job)
{
    fake_connection *connection = (fake_connection *)base;
    toasty_job **link = &connection->first, *before = NULL;
    fake_counts_.cancels++;
    for (; *link && *link != job; link = &(*link)->next)
        before = *link;
    fault_unless(*link == job);
    if (*link != job)
        return;
    *link = job->next;
    if (connection->last == job)
        connection->last = before;
    connection->in_flight--;
    toasty__fail(&job->error, TOASTY_CANCELLED, "given up");
    job->done(job);
}

/* --- the pool's side --- */

static int attach(toasty_connection *base, toasty__reactor *reactor, toasty_error *err)
{
    fake_connection *connection = (fake_connection *)base;
    fake_counts_.attaches++;
    fault_unless(!connection->timer && !base->broken && toasty__reactor_is_here(reactor));
    connection->thread = pthread_self();
    connection->timer = toasty__timer_new(reactor, timer_fired, connection, err);
    return connection->timer ? 0 : -1;
}

static void detach(toasty_connection *base)
{
    fake_connection *connection = (fake_connection *)base;
    fake_counts_.detaches++;
    fault_unless(connection->timer && pthread_equal(connection->thread, pthread_self()));
    fault_unless(connection->in_flight == 0);
    toasty__timer_free(connection->timer);
    connection->timer = NULL;
    connection->working = false;
}

static void disconnect(toasty_connection *base)
{
    fake_connection *connection = (fake_connection *)base;
    fault_unless(!connection->timer && connection->in_flight == 0);
    fake_counts_.disconnects++;
    fake_counts_.open--;
    toasty__free(connection);
}

static void finish_connect(toasty_connect *connect)
{
    fake_connection *connection = toasty__calloc(1, sizeof *connection);
    fake_counts_.connects++;
    if (fake_script_.fail_connects > 0) {
        fake_script_.fail_connects--;
        toasty__free(connection);
        toasty__fail(&connect->error, TOASTY_CONNECTION_FAILED, "nobody is there");
    } else if (!connection || attach(&connection->base, connect->reactor, &connect->error) < 0) {
        toasty__free(connection);
        toasty__fail_memory(&connect->error);
    } else {
        fake_counts_.attaches--;
        raise_to(&fake_counts_.most_open, ++fake_counts_.open);
        connect->connection = &connection->base;
    }
    connect->done(connect);
}

static void connect_timer_fired(void *arg)
{
    toasty_connect *connect = arg;
    toasty__timer_free(connect->driver_data);
    finish_connect(connect);
}

static void connect_(toasty_database *database, toasty_connect *connect)
{
    (void)database;
    if (!fake_script_.connect_ms) {
        finish_connect(connect);
        return;
    }
    toasty_error err;
    toasty__timer *timer = toasty__timer_new(connect->reactor, connect_timer_fired, connect, &err);
    if (!timer) {
        finish_connect(connect);
        return;
    }
    connect->driver_data = timer;
    toasty__timer_start(timer, fake_script_.connect_ms);
}

static void connect_cancel(toasty_connect *connect)
{
    toasty__timer_free(connect->driver_data);
    toasty__fail(&connect->error, TOASTY_CANCELLED, "given up");
    connect->done(connect);
}

static toasty_capability capability = {.target = "fake",
                                       .sql = true,
                                       .filter = true,
                                       .order = true,
                                       .scan_is_query = true,
                                       .count = true,
                                       .update_where = true,
                                       .transactions = true,
                                       .savepoints = true,
                                       .raw_sql = true};

static int open_(const toasty_url *url, toasty_database *database, toasty_error *err)
{
    (void)url;
    (void)err;
    database->max_connections = fake_script_.max_connections;
    database->max_depth = fake_script_.max_depth;
    return 0;
}

static void close_(toasty_database *database)
{
    (void)database;
}

static const char *const schemes[] = {"fake", NULL};
extern const toasty_driver fake_driver;
const toasty_driver fake_driver = {.name = "fake",
                                   .schemes = schemes,
                                   .capability = &capability,
                                   .dialect = &toasty__dialect_sqlite,
                                   .open = open_,
                                   .close = close_,
                                   .connect = connect_,
                                   .connect_cancel = connect_cancel,
                                   .disconnect = disconnect,
                                   .attach = attach,
                                   .detach = detach,
                                   .submit = submit,
                                   .cancel = cancel};

static const toasty_model *const models[] = {&thing_model};
static const toasty_driver *const drivers[] = {&fake_driver};
const toasty_schema fake_schema = {.abi = TOASTY_ABI,
                                   .name = "things",
                                   .models = models,
                                   .model_count = 1,
                                   .drivers = drivers,
                                   .driver_count = 1};

/* --- what tests call --- */

toasty_db *fake_open_(const toasty_open_options *options)
{
    capability.pipeline = fake_script_.pipeline;
    capability.unordered = fake_script_.unordered;
    capability.single_writer = fake_script_.single_writer;
    toasty_db *db = toasty_open_("fake:", &fake_schema, options);
    check_some(db);
    return db;
}

void fake_check_clean(void)
{
    check_int(0, fake_counts_.fault);
    check_int(0, fake_counts_.open);
    check_uint(0, toasty__root_count());
}
