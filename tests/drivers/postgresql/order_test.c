/* The order of a server's messages: of each conversation each message is said twice, left out, and exchanged
 * with each other one. The driver gives the right answer or says that the connection is lost. */
#include "fake_server.h"

enum { INT8 = 20, TEXT_TYPE = 25 };

/* --- sinks of the user's statements, as those of src/db/raw.c are --- */

typedef struct described_rows {
    rows rows; /* first: the driver hands its sink back */
    uint32_t descriptions;
} described_rows;

static int describe_line(toasty_sink *sink, const char *const *names, size_t count, toasty_error *err)
{
    described_rows *described = (described_rows *)sink;
    (void)err;
    check_uint(0, described->rows.count);
    check_uint(0, described->descriptions++);
    check_uint(1, count);
    check_text("text", names[0]);
    sink->columns = line_columns;
    sink->column_count = 1;
    return 0;
}

static void described_init(described_rows *described)
{
    *described = (described_rows){.descriptions = 0};
    rows_init(&described->rows, &line_model, NULL, 0);
    described->rows.sink.describe = describe_line;
}

/* --- what is asked --- */

typedef struct asked {
    call call;
    rows numbers;
    described_rows lines;
} asked;

static const toasty_statement kept = {.id = 1, .sql = "SELECT", .operation = "SELECT"};
static const toasty_statement by_text = {.sql = "SELECT", .operation = "SELECT"};
static const toasty_statement kept_change = {.id = 2, .sql = "UPDATE", .operation = "UPDATE", .writes = true};
static const toasty_statement change = {.sql = "DELETE", .operation = "DELETE", .writes = true};

static const toasty_statement raw = {
    .sql = "SELECT or DELETE", .operation = "SQL", .writes = true, .text_results = true, .foreign = true};

static void want_numbers(asked *asked)
{
    asked->call.operations[asked->call.job.count - 1].sink = &asked->numbers.sink;
}

static void ask_kept(asked *asked)
{
    call_add_sql(&asked->call, &kept, NULL);
    want_numbers(asked);
}

static void ask_by_text(asked *asked)
{
    call_add_sql(&asked->call, &by_text, NULL);
    want_numbers(asked);
}

static void ask_raw_rows(asked *asked)
{
    call_add_sql(&asked->call, &raw, NULL)->sink = &asked->lines.rows.sink;
}

static void ask_raw(asked *asked)
{
    call_add_sql(&asked->call, &raw, NULL);
}

/* All or nothing: the answers are held back up to the end. */
static void ask_group(asked *asked)
{
    asked->call.job.atomic = true;
    call_add_sql(&asked->call, &kept_change, NULL);
    want_numbers(asked);
    call_add_sql(&asked->call, &change, NULL);
}

static void ask_transaction(asked *asked)
{
    call_add(&asked->call, TOASTY_OPERATION_BEGIN);
    call_add_sql(&asked->call, &by_text, NULL);
    want_numbers(asked);
    call_add_sql(&asked->call, &change, NULL);
    call_add(&asked->call, TOASTY_OPERATION_COMMIT);
}

static void ask_ping(asked *asked)
{
    call_add(&asked->call, TOASTY_OPERATION_PING);
}

/* --- what is answered --- */

static void say_empty(speech *speech, const char *types)
{
    for (; *types; types++)
        say(speech, *types, "", 0);
}

static void say_kept_numbers(speech *speech, const char *tag)
{
    say_empty(speech, "1");
    say(speech, 't', "\0\0", 2);
    say_column(speech, "value", INT8);
    say_empty(speech, "2");
    say_row_of(speech, 7);
    say_row_of(speech, 8);
    say_complete(speech, tag);
}

static void answer_kept(speech *speech)
{
    say_kept_numbers(speech, "SELECT 2");
    say(speech, 'Z', "I", 1);
}

static void say_numbers(speech *speech)
{
    say_empty(speech, "12");
    say_column(speech, "value", INT8);
    say_row_of(speech, 7);
    say_row_of(speech, 8);
    say_complete(speech, "SELECT 2");
}

static void answer_by_text(speech *speech)
{
    say_numbers(speech);
    say(speech, 'Z', "I", 1);
}

static void answer_raw_rows(speech *speech)
{
    say_empty(speech, "12");
    say_column(speech, "text", TEXT_TYPE);
    say_row(speech, "one", 3);
    say_row(speech, "two", 3);
    say_complete(speech, "SELECT 2");
    say(speech, 'Z', "I", 1);
}

static void say_change(speech *speech)
{
    say_empty(speech, "12");
    say_complete(speech, "DELETE 5");
}

static void answer_raw(speech *speech)
{
    say_change(speech);
    say(speech, 'Z', "I", 1);
}

static void answer_group(speech *speech)
{
    say_kept_numbers(speech, "UPDATE 2");
    say_change(speech);
    say(speech, 'Z', "I", 1);
}

static void answer_transaction(speech *speech)
{
    say_empty(speech, "12");
    say_complete(speech, "BEGIN");
    say_numbers(speech);
    say_change(speech);
    say_empty(speech, "12");
    say_complete(speech, "COMMIT");
    say(speech, 'Z', "I", 1);
}

static void answer_ping(speech *speech)
{
    say_empty(speech, "12I");
    say(speech, 'Z', "I", 1);
}

/* --- what is right --- */

static void check_numbers(const asked *asked, int64_t first)
{
    const Number *numbers = (const Number *)asked->numbers.items;
    check_uint(2, asked->numbers.count);
    check_int(first, numbers[0].value);
    check_int(15 - first, numbers[1].value);
}

static void check_kept(const asked *asked, bool turned)
{
    check_numbers(asked, turned ? 8 : 7);
    check_int(2, asked->call.operations[0].count);
}

static void check_raw_rows(const asked *asked, bool turned)
{
    const Line *lines = (const Line *)asked->lines.rows.items;
    check_uint(2, asked->lines.rows.count);
    check_text(turned ? "two" : "one", lines[0].text);
    check_text(turned ? "one" : "two", lines[1].text);
    check_int(2, asked->call.operations[0].count);
}

static void check_raw(const asked *asked, bool turned)
{
    (void)turned;
    check_int(5, asked->call.operations[0].count);
}

static void check_group(const asked *asked, bool turned)
{
    check_kept(asked, turned);
    check_int(5, asked->call.operations[1].count);
}

static void check_transaction(const asked *asked, bool turned)
{
    check_numbers(asked, turned ? 8 : 7);
    check_int(2, asked->call.operations[1].count);
    check_int(5, asked->call.operations[2].count);
}

static void check_ping(const asked *asked, bool turned)
{
    (void)turned;
    check_int(0, asked->call.operations[0].count);
}

/* --- conversations --- */

static const struct conversation {
    const char *name;
    void (*ask)(asked *asked);
    void (*answer)(speech *speech);
    void (*check)(const asked *asked, bool turned); /* turned: the two rows were exchanged */
    toasty_code lost;                               /* what the caller is told when it breaks off */
} conversations[] = {
    {"a read that is prepared", ask_kept, answer_kept, check_kept, TOASTY_CONNECTION_LOST},
    {"a read by its text", ask_by_text, answer_by_text, check_kept, TOASTY_CONNECTION_LOST},
    {"the user's rows", ask_raw_rows, answer_raw_rows, check_raw_rows, TOASTY_OUTCOME_UNKNOWN},
    {"the user's change", ask_raw, answer_raw, check_raw, TOASTY_OUTCOME_UNKNOWN},
    {"a group of writes", ask_group, answer_group, check_group, TOASTY_OUTCOME_UNKNOWN},
    {"a transaction", ask_transaction, answer_transaction, check_transaction, TOASTY_OUTCOME_UNKNOWN},
    {"a ping", ask_ping, answer_ping, check_ping, TOASTY_CONNECTION_LOST},
};

enum { MOST_MESSAGES = 32 };

/* Whole messages that lie in a speech. */
typedef struct messages {
    size_t count;
    struct {
        const char *bytes;
        size_t length;
    } items[MOST_MESSAGES];
} messages;

static messages cut(const speech *speech)
{
    messages messages = {0};
    for (size_t at = 0; at < speech->length;) {
        uint32_t length;
        check_that(messages.count < MOST_MESSAGES);
        memcpy(&length, speech->bytes + at + 1, sizeof length);
        messages.items[messages.count].bytes = speech->bytes + at;
        messages.items[messages.count++].length = 1 + be32toh(length);
        at += 1 + be32toh(length);
    }
    return messages;
}

static speech join(const messages *messages)
{
    speech speech = {0};
    for (size_t i = 0; i < messages->count; i++)
        say_bytes(&speech, messages->items[i].bytes, messages->items[i].length);
    return speech;
}

static char type_of(const messages *messages, size_t i)
{
    return *messages->items[i].bytes;
}

/* What becomes of a conversation in which so is answered. */
typedef enum { SAME, TURNED, BROKEN_AFTER_IT, LOST } fate;

static void converse(fake_server *server, const struct conversation *conversation, const speech *speech,
                     fate fate, const char *what)
{
    client client;
    asked asked;
    toasty_code expected = fate == LOST ? conversation->lost : TOASTY_OK;
    fake_server_connect(server, &client);
    call_init(&asked.call, &client);
    rows_init(&asked.numbers, &number_model, number_columns, 1);
    described_init(&asked.lines);
    conversation->ask(&asked);
    call_submit(&asked.call);
    client_turn(&client);
    fake_server_say(server, speech->bytes, speech->length);
    shutdown(server->line, SHUT_WR);
    call_wait(&asked.call);
    ck_assert_msg(asked.call.job.error.code == expected, "%s, %s: %s (%s)", conversation->name, what,
                  toasty_code_name(asked.call.job.error.code), asked.call.job.error.message);
    check_that(client.connection->broken == (fate == LOST || fate == BROKEN_AFTER_IT));
    if (fate != LOST)
        conversation->check(&asked, fate == TURNED);
    rows_done(&asked.numbers);
    rows_done(&asked.lines.rows);
    client_stop(&client);
    fake_server_hang_up(server);
}

/* Says the conversation as it is in all ways that differ from it in one. */
static void vary(fake_server *server, const struct conversation *conversation,
                 void (*say)(fake_server *server, const struct conversation *conversation,
                             const messages *messages))
{
    speech speech = {0};
    conversation->answer(&speech);
    messages messages = cut(&speech);
    say(server, conversation, &messages);
}

static void vary_all(void (*say)(fake_server *server, const struct conversation *conversation,
                                 const messages *messages))
{
    fake_server server;
    fake_server_start(&server);
    for (size_t i = 0; i < sizeof conversations / sizeof *conversations; i++)
        vary(&server, &conversations[i], say);
    fake_server_stop(&server);
}

static void say_as_it_is(fake_server *server, const struct conversation *conversation,
                         const messages *messages)
{
    speech speech = join(messages);
    converse(server, conversation, &speech, SAME, "as it is");
}

TOASTY_TEST(postgresql, a_server_that_keeps_to_the_order_is_understood)
{
    vary_all(say_as_it_is);
}

static void say_each_twice(fake_server *server, const struct conversation *conversation,
                           const messages *messages)
{
    char what[32];
    for (size_t i = 0; i < messages->count; i++) {
        struct messages varied = {.count = messages->count + 1};
        for (size_t to = 0; to < varied.count; to++)
            varied.items[to] = messages->items[to <= i ? to : to - 1];
        speech speech = join(&varied);
        snprintf(what, sizeof what, "%c twice", type_of(messages, i));
        converse(server, conversation, &speech, type_of(messages, i) == 'Z' ? BROKEN_AFTER_IT : LOST, what);
    }
}

TOASTY_TEST(postgresql, a_message_that_is_said_twice_ends_the_connection, TIMEOUT(60))
{
    vary_all(say_each_twice);
}

static void leave_each_out(fake_server *server, const struct conversation *conversation,
                           const messages *messages)
{
    char what[32];
    for (size_t i = 0; i < messages->count; i++) {
        struct messages varied = {.count = messages->count - 1};
        for (size_t to = 0; to < varied.count; to++)
            varied.items[to] = messages->items[to < i ? to : to + 1];
        speech speech = join(&varied);
        snprintf(what, sizeof what, "without %c", type_of(messages, i));
        converse(server, conversation, &speech, LOST, what);
    }
}

TOASTY_TEST(postgresql, a_message_that_is_left_out_ends_the_connection, TIMEOUT(60))
{
    vary_all(leave_each_out);
}

/* What only a tag tells, another tag may tell as well. */
static fate fate_of_exchange(const messages *messages, size_t i, size_t k)
{
    size_t length = messages->items[i].length;
    if (length == messages->items[k].length &&
        !memcmp(messages->items[i].bytes, messages->items[k].bytes, length))
        return SAME;
    return type_of(messages, i) == 'D' && type_of(messages, k) == 'D' ? TURNED : LOST;
}

static void exchange_each_two(fake_server *server, const struct conversation *conversation,
                              const messages *messages)
{
    char what[32];
    for (size_t i = 0; i < messages->count; i++)
        for (size_t k = i + 1; k < messages->count; k++) {
            struct messages varied = *messages;
            varied.items[i] = messages->items[k];
            varied.items[k] = messages->items[i];
            speech speech = join(&varied);
            snprintf(what, sizeof what, "%c and %c exchanged", type_of(messages, i), type_of(messages, k));
            converse(server, conversation, &speech, fate_of_exchange(messages, i, k), what);
        }
}

TOASTY_TEST(postgresql, two_messages_that_are_exchanged_end_the_connection, TIMEOUT(120))
{
    vary_all(exchange_each_two);
}
