/* A connection that ends in the middle of answers: who is told `connection_lost`, which promises that nothing
 * has happened, and who `outcome_unknown`. */
#include "fake_server.h"

#include <poll.h>

static const toasty_statement query = {.sql = "SELECT", .operation = "SELECT"};
static const toasty_statement change = {.sql = "UPDATE", .operation = "UPDATE", .writes = true};
static const toasty_statement raw = {
    .sql = "CALL", .operation = "CALL", .writes = true, .text_results = true, .foreign = true};

/* --- what is asked: a letter an operation --- */

static void ask(call *call, client *client, const char *operations)
{
    call_init(call, client);
    call->job.atomic = operations[0] == 'u' && operations[1];
    for (; *operations; operations++)
        switch (*operations) {
        case 'r':
            call_add_sql(call, &query, NULL);
            break;
        case 'u':
            call_add_sql(call, &change, NULL);
            break;
        case 'x':
            call_add_sql(call, &raw, NULL);
            break;
        case 'b':
            call_add(call, TOASTY_OPERATION_BEGIN);
            break;
        case 'c':
            call_add(call, TOASTY_OPERATION_COMMIT);
            break;
        default:
            call_add(call, TOASTY_OPERATION_PING);
        }
    call_submit(call);
}

/* --- what is answered: a letter a message; those in lower case are tags --- */

static void answer(speech *speech, const char *messages)
{
    for (; *messages; messages++)
        switch (*messages) {
        case 'r':
            say_complete(speech, "SELECT 0");
            break;
        case 'u':
            say_complete(speech, "UPDATE 1");
            break;
        case 'x':
            say_complete(speech, "CALL");
            break;
        case 'b':
            say_complete(speech, "BEGIN");
            break;
        case 'c':
            say_complete(speech, "COMMIT");
            break;
        case 'E':
            say_complaint(speech, 'E', "ERROR", "23505");
            break;
        case 'S': /* it was stopped */
            say_complaint(speech, 'E', "ERROR", "57014");
            break;
        case 'Z':
            say(speech, 'Z', "I", 1);
            break;
        case 't': /* in a transaction */
            say(speech, 'Z', "T", 1);
            break;
        case 'f': /* in one that has failed */
            say(speech, 'Z', "E", 1);
            break;
        default:
            say(speech, *messages, "", 0);
        }
}

/* --- the end, and what is told --- */

/* state: of the server's goodbye; NULL: it hangs up. */
static void check_told(const char *operations, const char *messages, const char *state, toasty_code told)
{
    fake_server server;
    client client;
    call call;
    speech speech = {0};
    answer(&speech, messages);
    if (state)
        say_complaint(&speech, 'E', "FATAL", state);
    fake_server_start(&server);
    fake_server_connect(&server, &client);
    ask(&call, &client, operations);
    client_turn(&client);
    fake_server_say(&server, speech.bytes, speech.length);
    shutdown(server.line, SHUT_WR);
    call_wait(&call);
    ck_assert_msg(call.job.error.code == told, "\"%s\" answered with \"%s\" and %s: %s", operations, messages,
                  state ? state : "no goodbye", toasty_code_name(call.job.error.code));
    check_that(client.connection->broken);
    client_stop(&client);
    fake_server_stop(&server);
}

#define LOST TOASTY_CONNECTION_LOST
#define UNKNOWN TOASTY_OUTCOME_UNKNOWN

TOASTY_TEST(postgresql, a_goodbye_before_anything_was_committed_says_that_nothing_happened)
{
    static const char *const not_yet[][2] = {
        {"p", ""},          {"p", "12"},    {"r", "12"},      {"r", "12r"},
        {"u", ""},          {"u", "1"},     {"u", "12"},      {"uu", "12u"},
        {"uu", "12u12"},    {"b", "12b"},   {"bu", "12b12u"}, {"buc", "12b12u"},
        {"buc", "12b12u1"}, {"bc", "12b1"}, {"x", ""},        {"x", "1"},
    };
    for (size_t i = 0; i < sizeof not_yet / sizeof *not_yet; i++)
        check_told(not_yet[i][0], not_yet[i][1], "57P01", LOST);
}

TOASTY_TEST(postgresql, a_goodbye_after_something_may_have_been_committed_leaves_the_outcome_unknown)
{
    static const char *const perhaps[][2] = {
        {"u", "12u"},         {"uu", "12u12u"},        {"bc", "12b12"}, {"buc", "12b12u12"},
        {"buc", "12b12u12c"}, {"bucr", "12b12u12c12"}, {"x", "12"},     {"x", "12x"},
        {"xr", "12x12"},      {"ux", "12u12"},
    };
    for (size_t i = 0; i < sizeof perhaps / sizeof *perhaps; i++)
        check_told(perhaps[i][0], perhaps[i][1], "57P01", UNKNOWN);
}

TOASTY_TEST(postgresql, a_connection_that_ends_without_a_word_leaves_every_commit_unknown)
{
    check_told("p", "", NULL, LOST);
    check_told("r", "12", NULL, LOST);
    check_told("bu", "12b12", NULL, LOST);
    check_told("u", "", NULL, UNKNOWN);
    check_told("uu", "12", NULL, UNKNOWN);
    check_told("buc", "", NULL, UNKNOWN);
    check_told("x", "", NULL, UNKNOWN);
}

TOASTY_TEST(postgresql, a_goodbye_that_may_be_a_poolers_own_is_as_good_as_none)
{
    check_told("u", "", "08P01", UNKNOWN);
    check_told("u", "12", "08006", UNKNOWN);
    check_told("u", "12", "", UNKNOWN);
    check_told("r", "12", "08P01", LOST);
}

TOASTY_TEST(postgresql, what_the_server_has_refused_stays_refused_when_the_connection_ends)
{
    check_told("u", "12E", NULL, TOASTY_UNIQUE_VIOLATION);
    check_told("u", "12E", "57P01", TOASTY_UNIQUE_VIOLATION);
    check_told("u", "12uE", NULL, TOASTY_UNIQUE_VIOLATION);
    check_told("uu", "12u12E", NULL, TOASTY_UNIQUE_VIOLATION);
    check_told("x", "12E", NULL, TOASTY_UNIQUE_VIOLATION);
    check_told("u", "12EE", NULL, TOASTY_UNIQUE_VIOLATION); /* the second one is out of order */
}

TOASTY_TEST(postgresql, what_stands_behind_a_goodbye_has_not_begun)
{
    static const struct {
        const char *messages;
        toasty_code first;
    } ends[] = {{"", LOST}, {"12", LOST}, {"12u", UNKNOWN}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        fake_server server;
        client client;
        call first, behind, not_sent;
        speech speech = {0};
        answer(&speech, ends[i].messages);
        say_complaint(&speech, 'E', "FATAL", "57P01");
        fake_server_start(&server);
        fake_server_connect(&server, &client);
        ask(&first, &client, "u");
        ask(&behind, &client, "u");
        ask(&not_sent, &client, "x");
        client_turn(&client);
        fake_server_say(&server, speech.bytes, speech.length);
        call_wait(&first);
        call_check(&first, ends[i].first);
        call_wait(&behind);
        call_check(&behind, LOST);
        call_wait(&not_sent);
        call_check(&not_sent, LOST);
        client_stop(&client);
        fake_server_stop(&server);
    }
}

/* --- statements of the user --- */

/* How many groups have come to the server since it was last asked. */
static size_t groups_that_came(const fake_server *server)
{
    static const char sync[] = {'S', 0, 0, 0, 4};
    char bytes[4096];
    size_t count = 0;
    ssize_t length = recv(server->line, bytes, sizeof bytes, MSG_DONTWAIT);
    for (ssize_t i = 0; i + (ssize_t)sizeof sync <= length; i++)
        count += !memcmp(bytes + i, sync, sizeof sync);
    return count;
}

static void say_to(fake_server *server, client *client, const char *messages)
{
    speech speech = {0};
    answer(&speech, messages);
    fake_server_say(server, speech.bytes, speech.length);
    client_turn(client);
}

TOASTY_TEST(postgresql, a_statement_of_the_user_has_the_connection_for_itself)
{
    fake_server server;
    client client;
    call before[2], call, after[2];
    fake_server_start(&server);
    fake_server_connect(&server, &client);
    groups_that_came(&server); /* the start-up packet */
    ask(&before[0], &client, "u");
    ask(&before[1], &client, "u");
    ask(&call, &client, "x");
    ask(&after[0], &client, "u");
    ask(&after[1], &client, "u");
    client_turn(&client);
    check_uint(2, groups_that_came(&server));
    say_to(&server, &client, "12uZ");
    check_uint(0, groups_that_came(&server));
    say_to(&server, &client, "12uZ");
    client_turn(&client);
    check_uint(1, groups_that_came(&server));
    say_to(&server, &client, "12x");
    check_uint(0, groups_that_came(&server));
    say_to(&server, &client, "Z");
    client_turn(&client);
    check_uint(2, groups_that_came(&server));
    say_to(&server, &client, "12uZ12uZ");
    call_check(&before[0], TOASTY_OK);
    call_check(&before[1], TOASTY_OK);
    call_check(&call, TOASTY_OK);
    call_check(&after[0], TOASTY_OK);
    call_check(&after[1], TOASTY_OK);
    check_that(after[1].done);
    client_stop(&client);
    fake_server_stop(&server);
}

/* --- requests to stop --- */

/* Waits for a request to stop a statement, and takes it. */
static void take_request(const fake_server *server, client *client)
{
    struct pollfd look = {.fd = server->listener, .events = POLLIN};
    while (poll(&look, 1, 0) == 0)
        client_turn(client);
    close(accept(server->listener, NULL, NULL));
    client_turn(client);
}

TOASTY_TEST(postgresql, a_request_to_stop_that_hits_the_next_one_as_well_stops_nobody_for_good)
{
    fake_server server;
    client client;
    call given_up, next;
    fake_server_start(&server);
    fake_server_connect(&server, &client);
    groups_that_came(&server);
    ask(&given_up, &client, "r");
    ask(&next, &client, "u");
    client_turn(&client);
    check_uint(2, groups_that_came(&server));
    DRIVER->cancel(client.connection, &given_up.job);
    client_turn(&client);
    take_request(&server, &client);
    say_to(&server, &client, "12SZ12SZ");
    while (!groups_that_came(&server))
        client_turn(&client);
    say_to(&server, &client, "12uZ");
    call_check(&next, TOASTY_OK);
    check_that(next.done);
    client_stop(&client);
    fake_server_stop(&server);
}

/* Its transaction is lost, and nobody has given it up: it can run again. */
TOASTY_TEST(postgresql, a_request_to_stop_that_comes_late_in_a_transaction_is_no_cancel_of_the_next_one)
{
    fake_server server;
    client client;
    call begin, given_up, next;
    fake_server_start(&server);
    fake_server_connect(&server, &client);
    groups_that_came(&server);
    ask(&begin, &client, "b");
    client_turn(&client);
    say_to(&server, &client, "12bt");
    call_check(&begin, TOASTY_OK);
    ask(&given_up, &client, "r");
    ask(&next, &client, "u");
    client_turn(&client);
    DRIVER->cancel(client.connection, &given_up.job);
    client_turn(&client);
    take_request(&server, &client);
    say_to(&server, &client, "12rt12Sf");
    call_wait(&next);
    call_check(&next, TOASTY_SERIALIZATION_FAILURE);
    client_stop(&client);
    fake_server_stop(&server);
}
