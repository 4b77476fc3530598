/* What comes from the server is foreign bytes: in pieces, cut off, out of place, damaged at random. The
 * driver gives the right answer, or says that the connection is lost; it never crashes, and never waits for
 * what cannot come. */
#include "fake_server.h"

enum { INT8 = 20, TEXT_TYPE = 25 };

/* --- a conversation: a read that is prepared, one that is not, and a write of two statements --- */

static const toasty_statement kept = {.id = 1, .sql = "SELECT numbers", .operation = "SELECT"};
static const toasty_statement unkept = {.sql = "SELECT lines", .operation = "SELECT"};
static const toasty_statement change = {.id = 2, .sql = "UPDATE", .operation = "UPDATE", .writes = true};

typedef struct conversation {
    call numbers, lines, changes;
    rows returned; /* by the first of the changes */
} conversation;

static void ask(conversation *all, client *client)
{
    call_init(&all->numbers, client);
    call_add_sql(&all->numbers, &kept, NULL);
    call_want(&all->numbers, &number_model, number_columns, 1);
    call_init(&all->lines, client);
    call_add_sql(&all->lines, &unkept, NULL);
    call_want(&all->lines, &line_model, line_columns, 1);
    call_init(&all->changes, client);
    all->changes.job.atomic = true;
    call_add_sql(&all->changes, &change, NULL);
    rows_init(&all->returned, &number_model, number_columns, 1);
    all->changes.operations[0].sink = &all->returned.sink;
    call_add_sql(&all->changes, &unkept, NULL);
    call_submit(&all->numbers);
    call_submit(&all->lines);
    call_submit(&all->changes);
    client_turn(client); /* sends them */
}

static void answer_numbers(speech *speech)
{
    say(speech, '1', "", 0);
    say(speech, 't', "\0\0", 2);
    say_column(speech, "value", INT8);
    say(speech, '2', "", 0);
    say_row_of(speech, 7);
    say_complaint(speech, 'N', "NOTICE", "00000");
    say_row_of(speech, -8);
    say_row_of(speech, 9);
    say_complete(speech, "SELECT 3");
    say(speech, 'Z', "I", 1);
}

static void answer_lines(speech *speech)
{
    say(speech, '1', "", 0);
    say(speech, '2', "", 0);
    say_column(speech, "text", TEXT_TYPE);
    say_row(speech, "one", 3);
    say(speech, 'S', "TimeZone\0UTC", 13);
    say_row(speech, NULL, 0);
    say_row(speech, "", 0);
    say_complete(speech, "SELECT 3");
    say(speech, 'Z', "I", 1);
}

static void answer_changes(speech *speech)
{
    say(speech, '1', "", 0);
    say(speech, 't', "\0\0", 2);
    say_column(speech, "value", INT8);
    say(speech, '2', "", 0);
    say_row_of(speech, 1);
    say_row_of(speech, 2);
    say_complete(speech, "UPDATE 2");
    say(speech, '1', "", 0);
    say(speech, '2', "", 0);
    say_complete(speech, "DELETE 5");
    say(speech, 'Z', "I", 1);
}

static void answer_all(speech *speech)
{
    speech->length = 0;
    answer_numbers(speech);
    answer_lines(speech);
    answer_changes(speech);
}

static void wait_for_all(conversation *all)
{
    call_wait(&all->numbers);
    call_wait(&all->lines);
    call_wait(&all->changes);
}

static void check_answers(conversation *all)
{
    const Number *numbers = (Number *)all->numbers.rows.items, *returned = (Number *)all->returned.items;
    const Line *lines = (Line *)all->lines.rows.items;
    call_check(&all->numbers, TOASTY_OK);
    check_uint(3, all->numbers.rows.count);
    check_int(7, numbers[0].value);
    check_int(-8, numbers[1].value);
    check_int(9, numbers[2].value);
    call_check(&all->lines, TOASTY_OK);
    check_uint(3, all->lines.rows.count);
    check_text("one", lines[0].text);
    check_null(lines[1].text);
    check_text("", lines[2].text);
    call_check(&all->changes, TOASTY_OK);
    check_uint(2, all->returned.count);
    check_int(2, returned[1].value);
    check_int(2, all->changes.operations[0].count);
    check_int(5, all->changes.operations[1].count);
}

static void finish(conversation *all)
{
    call_finish(&all->numbers);
    call_finish(&all->lines);
    rows_done(&all->returned);
}

/* --- in pieces --- */

TOASTY_TEST(postgresql, an_answer_may_be_split_anywhere, TIMEOUT(60))
{
    fake_server server;
    client client;
    conversation all;
    speech speech;
    answer_all(&speech);
    fake_server_start(&server);
    for (size_t split = 1; split < speech.length; split++) {
        fake_server_connect(&server, &client);
        ask(&all, &client);
        fake_server_say(&server, speech.bytes, split);
        client_turn(&client);
        fake_server_say(&server, speech.bytes + split, speech.length - split);
        wait_for_all(&all);
        check_answers(&all);
        finish(&all);
        client_stop(&client);
        fake_server_hang_up(&server);
    }
    fake_server_stop(&server);
}

TOASTY_TEST(postgresql, an_answer_may_come_byte_by_byte)
{
    fake_server server;
    client client;
    conversation all;
    speech speech;
    answer_all(&speech);
    fake_server_start(&server);
    fake_server_connect(&server, &client);
    ask(&all, &client);
    for (size_t i = 0; i < speech.length; i++) {
        fake_server_say(&server, speech.bytes + i, 1);
        client_turn(&client);
    }
    wait_for_all(&all);
    check_answers(&all);
    finish(&all);
    client_stop(&client);
    fake_server_stop(&server);
}

TOASTY_TEST(postgresql, an_answer_that_is_cut_off_is_a_lost_connection, TIMEOUT(60))
{
    fake_server server;
    client client;
    conversation all;
    speech speech;
    answer_all(&speech);
    fake_server_start(&server);
    for (size_t length = 0; length < speech.length; length++) {
        fake_server_connect(&server, &client);
        ask(&all, &client);
        fake_server_say(&server, speech.bytes, length);
        fake_server_hang_up(&server);
        wait_for_all(&all);
        check_that(client.connection->broken);
        check_that(!all.numbers.job.error.code || all.numbers.job.error.code == TOASTY_CONNECTION_LOST);
        call_check(&all.changes, TOASTY_OUTCOME_UNKNOWN);
        check_uint(0, all.returned.count);
        finish(&all);
        client_stop(&client);
    }
    fake_server_stop(&server);
}

/* --- out of place --- */

/* What the server answers to a read of numbers that is prepared, and what the caller is told. */
static toasty_error error_of(const speech *speech)
{
    fake_server server;
    client client;
    call call;
    fake_server_start(&server);
    fake_server_connect(&server, &client);
    call_init(&call, &client);
    call_add_sql(&call, &kept, NULL);
    call_want(&call, &number_model, number_columns, 1);
    call_submit(&call);
    client_turn(&client);
    fake_server_say(&server, speech->bytes, speech->length);
    shutdown(server.line, SHUT_WR);
    call_wait(&call);
    check_that(client.connection->broken == (call.job.error.code == TOASTY_CONNECTION_LOST));
    call_finish(&call);
    client_stop(&client);
    fake_server_stop(&server);
    return call.job.error;
}

/* Begins the answer to that read: up to its rows. */
static speech begun(void)
{
    speech speech = {0};
    say(&speech, '1', "", 0);
    say(&speech, 't', "\0\0", 2);
    say_column(&speech, "value", INT8);
    say(&speech, '2', "", 0);
    return speech;
}

static void check_refused(const speech *speech)
{
    toasty_error error = error_of(speech);
    check_error(&error, TOASTY_CONNECTION_LOST);
    check_contains(error.message, "protocol error");
}

/* A row with the given number of columns, length of its first cell, and bytes that follow. */
static void check_row_refused(int columns, int32_t length, size_t bytes)
{
    speech speech = begun();
    size_t begin = say_begin(&speech, 'D');
    say_short(&speech, columns);
    say_number(&speech, length);
    say_bytes(&speech, "0123456789abcdef", bytes);
    say_end(&speech, begin);
    check_refused(&speech);
}

TOASTY_TEST(postgresql, a_row_that_is_no_row_of_the_answer_ends_the_connection)
{
    check_row_refused(0, 8, 8);
    check_row_refused(2, 8, 8);
    check_row_refused(2, -1, 0);
    check_row_refused(-1, 8, 8);
    check_row_refused(1, 9, 8);
    check_row_refused(1, 8, 7);
    check_row_refused(1, 8, 9);
    check_row_refused(1, 4, 4); /* no int8 is so short */
    check_row_refused(1, 0, 0);
    check_row_refused(1, -2, 8);
    check_row_refused(1, INT32_MAX, 8);
    check_row_refused(1, INT32_MIN, 8);
}

TOASTY_TEST(postgresql, a_length_that_makes_no_sense_ends_the_connection)
{
    static const int32_t lengths[] = {0, 3, -1, INT32_MIN, INT32_MAX, 0x40000000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        speech speech = begun();
        say_header(&speech, 'D', lengths[i]);
        check_refused(&speech);
    }
    speech speech = begun();
    say_header(&speech, 'C', 100000);
    check_refused(&speech);
}

TOASTY_TEST(postgresql, a_message_that_is_not_expected_ends_the_connection)
{
    static const char unexpected[] = "RKvVdcs123tnGHIW?\0\xff";
    for (const char *type = unexpected; type < unexpected + sizeof unexpected; type++) {
        speech speech = begun();
        say(&speech, *type, "I", 1);
        check_refused(&speech);
    }
    speech speech = {0};
    say(&speech, 'Z', "I", 1); /* no answer yet */
    check_refused(&speech);
    speech = begun();
    say_complete(&speech, "SELECT 0");
    say_complete(&speech, "SELECT 0"); /* one operation, two answers */
    check_refused(&speech);
    speech = begun();
    say_column(&speech, "value", INT8); /* described twice */
    check_refused(&speech);
    speech = begun();
    say_complete(&speech, "SELECT 0");
    say(&speech, 'Z', "II", 2);
    check_refused(&speech);
    speech = begun();
    say_complete(&speech, "SELECT 0");
    say(&speech, 'Z', "X", 1);
    check_refused(&speech);
}

TOASTY_TEST(postgresql, texts_without_an_end_end_the_connection)
{
    speech speech = begun();
    say(&speech, 'C', "SELECT 1", 8);
    check_refused(&speech);
    speech = begun();
    say(&speech, 'E', "SERROR", 6);
    check_refused(&speech);
    speech = begun();
    say(&speech, 'E', "SERROR\0C22012", 14); /* the last field is there, the end is not */
    check_refused(&speech);
    speech = (struct speech){0};
    say(&speech, '1', "", 0);
    say(&speech, 't', "\0\0", 2);
    say(&speech, 'T', "\0\1value", 7);
    check_refused(&speech);
    speech = (struct speech){0};
    say(&speech, '1', "", 0);
    say(&speech, 't', "\0\0", 2);
    say(&speech, 'T', "\xff\xff", 2);
    check_refused(&speech);
}

TOASTY_TEST(postgresql, other_columns_than_were_asked_for_fail_the_call_alone)
{
    speech speech = {0};
    say(&speech, '1', "", 0);
    say(&speech, 't', "\0\0", 2);
    say(&speech, 'T', "\0\0", 2);
    say(&speech, '2', "", 0);
    say(&speech, 'D', "\0\0", 2);
    say_complete(&speech, "SELECT 1");
    say(&speech, 'Z', "I", 1);
    toasty_error error = error_of(&speech);
    check_error(&error, TOASTY_DATABASE_ERROR);
    check_contains(error.message, "0 columns; 1 were expected");
}

TOASTY_TEST(postgresql, a_complaint_without_a_code_is_an_error_all_the_same)
{
    speech speech = begun();
    say(&speech, 'E', "", 1);
    say(&speech, 'Z', "I", 1);
    toasty_error error = error_of(&speech);
    check_error(&error, TOASTY_DATABASE_ERROR);
    check_text("no message", error.message);
}

/* --- at random --- */

static uint32_t state;

static size_t draw(size_t below)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
}

/* A byte set, a bit turned, bytes left out, or bytes said twice. */
static void damage(speech *speech)
{
    size_t at = draw(speech->length), count = 1 + draw(8);
    switch (draw(4)) {
    case 0:
        speech->bytes[at] = (char)draw(256);
        break;
    case 1:
        speech->bytes[at] ^= (char)(1 << draw(8));
        break;
    case 2:
        count = count < speech->length - at ? count : speech->length - at - 1;
        memmove(speech->bytes + at, speech->bytes + at + count, speech->length - at - count);
        speech->length -= count;
        break;
    default:
        count = count < speech->length - at ? count : speech->length - at;
        memmove(speech->bytes + at + count, speech->bytes + at, speech->length - at);
        speech->length += count;
    }
}

static void converse(fake_server *server, const speech *speech)
{
    client client;
    conversation all;
    fake_server_connect(server, &client);
    ask(&all, &client);
    fake_server_say(server, speech->bytes, speech->length);
    fake_server_hang_up(server);
    wait_for_all(&all);
    finish(&all);
    client_stop(&client);
}

TOASTY_TEST(postgresql, thousands_of_damaged_answers_neither_crash_nor_hang, TIMEOUT(120), SLOW)
{
    enum { TIMES = 5000 };
    fake_server server;
    fake_server_start(&server);
    for (uint32_t i = 0; i < TIMES; i++) {
        speech speech;
        answer_all(&speech);
        state = i;
        for (size_t damages = 1 + draw(4); damages > 0; damages--)
            damage(&speech);
        converse(&server, &speech);
    }
    fake_server_stop(&server);
}
