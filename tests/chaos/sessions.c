/* Acts of raw SQL and of what it leaves in a session: inserts, transactions as text on a connection of one's
 * own, statements that are given up on their way, settings that nobody takes back, and a look at whether they
 * have reached somebody else. */
#include "acts.h"
#include "target.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- inserts --- */

static bool insert(toasty_db *db, uint64_t operation, int64_t part)
{
    return toasty_sql(db, target.insert, toasty_sql_int((int64_t)operation), toasty_sql_int(part)) == 1;
}

void act_raw_insert(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    uint64_t operation = operation_new(actor);
    intend(actor, operation, PART(0));
    settle(actor, operation, AT_CALL, insert(with ? with : actor->db, operation, 0));
}

void act_raw_insert_two(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    uint64_t operation = operation_new(actor);
    toasty_auto(toasty_rows) rows = NULL;
    intend(actor, operation, PART(0) | PART(1));
    rows = toasty_sql_rows(with ? with : actor->db, target.insert_two, toasty_sql_int((int64_t)operation),
                           toasty_sql_int(0), toasty_sql_int((int64_t)operation), toasty_sql_int(1));
    settle(actor, operation, AT_CALL, rows != NULL);
}

/* --- transactions as text --- */

/* One step of a transaction; the parts that it has made, 0 when it failed. */
static unsigned raw_step(actor *actor, toasty_db *own, uint64_t operation, unsigned part)
{
    bool worked;
    if (pick(actor, 2) == 0) {
        worked = insert(own, operation, (int64_t)part);
    } else {
        toasty_auto(Deed) deed = deed_create(own, .operation = (int64_t)operation, .part = (int32_t)part);
        worked = deed != NULL;
    }
    return explain(actor, worked) ? PART(part) : 0;
}

/* BEGIN, some rows, and COMMIT, ROLLBACK, or nothing: the handle is freed in the middle. */
void act_raw_transaction(actor *actor)
{
    toasty_auto(toasty_db) own = toasty_with(actor->db, .dedicated = true);
    toasty_auto(toasty_db) with = own && pick(actor, 4) == 0 ? toasty_with(own, .timeout_ms = 10) : NULL;
    toasty_db *db = with ? with : own;
    if (!explain(actor, own != NULL) || !explain(actor, toasty_sql(db, "BEGIN") >= 0))
        return;
    uint64_t operation = operation_new(actor);
    unsigned parts = 0, count = 1 + (unsigned)pick(actor, 4);
    for (unsigned part = 0; part < count; part++) {
        unsigned made = raw_step(actor, db, operation, part);
        if (!made)
            return;
        parts |= made;
    }
    uint64_t end = pick(actor, 4);
    if (end >= 2) {
        intend(actor, operation, parts);
        settle(actor, operation, AT_CALL, toasty_sql(db, "COMMIT") >= 0);
    } else if (end == 1) {
        explain(actor, toasty_sql(db, "ROLLBACK") >= 0);
    }
}

/* On a connection that is not its own: the library ends the transaction, and says so. */
void act_raw_left_open(actor *actor)
{
    if (toasty_sql(actor->db, "BEGIN") >= 0)
        ledger_break(actor->ledger, PROMISE_EXPLAINED, "a raw BEGIN on a shared handle was not refused");
    else if (toasty_last_error()->code != TOASTY_INVALID_STATEMENT)
        explain(actor, false);
}

/* --- what is left behind --- */

/* The statement that leaves something, with a number of its own. */
static void leaving(actor *actor, const leftover *leftover, char *text, size_t size)
{
    const char *number = strstr(leftover->leave, "%llu");
    if (number)
        snprintf(text, size, "%.*s%llu%s", (int)(number - leftover->leave), leftover->leave,
                 (unsigned long long)operation_new(actor), number + 4);
    else
        snprintf(text, size, "%s", leftover->leave);
}

static const char *cell_of(toasty_db *db, const char *expression, toasty_rows **rows)
{
    char text[300];
    snprintf(text, sizeof text, "SELECT %s", expression);
    *rows = toasty_sql_rows(db, text);
    const char *cell = *rows && (*rows)->len == 1 ? toasty_cell(*rows, 0, 0) : NULL;
    return cell ? cell : "";
}

/* What was set on a connection of one's own is still there for the next statement. */
static void expect_kept(actor *actor, toasty_db *own, const leftover *leftover)
{
    toasty_auto(Fact) fact = fact_get_by_id(own, 1);
    toasty_auto(toasty_rows) rows = NULL;
    const char *found = cell_of(own, leftover->look, &rows);
    if (explain(actor, rows != NULL) &&
        strcmp(found, crowd_setting(actor->crowd, (size_t)(leftover - target.leftovers))) == 0)
        ledger_break(actor->ledger, PROMISE_KEPT, "%s was gone at the next statement", leftover->name);
}

static bool leave_on(toasty_db *db, const char *text)
{
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, text);
    return rows != NULL;
}

static void leave_on_own(actor *actor, const leftover *leftover, const char *text)
{
    toasty_auto(toasty_db) own = toasty_with(actor->db, .dedicated = true);
    if (explain(actor, own != NULL) && leave_on(own, text) && leftover->kept)
        expect_kept(actor, own, leftover);
}

static void leave_in_transaction(actor *actor, const char *text)
{
    toasty_auto(toasty_db) transaction = toasty_begin(actor->db);
    if (explain(actor, transaction != NULL) && leave_on(transaction, text))
        explain(actor, toasty_commit(transaction) == 0);
}

/* Changes the session, by each kind of handle, and takes nothing back. What leaves a transaction open is for
 * a connection of one's own: elsewhere the library refuses it. */
void act_leave(actor *actor)
{
    const leftover *leftover = &target.leftovers[pick(actor, target.leftover_count)];
    bool begins = strcmp(leftover->leave, "BEGIN") == 0;
    char text[200];
    leaving(actor, leftover, text, sizeof text);
    switch (begins ? 2 : pick(actor, 4)) {
    case 0:
        leave_on(actor->db, text);
        break;
    case 1:
        leave_in_transaction(actor, text);
        break;
    default:
        leave_on_own(actor, leftover, text);
    }
}

/* --- what is given up on its way --- */

typedef struct errand {
    toasty_db *db;
    bool ended;
    char text[200];
} errand;

static void run_errand(void *arg)
{
    errand *errand = arg;
    leave_on(errand->db, errand->text);
    errand->ended = true;
}

/* A fiber of its own has sent it, perhaps, and is cancelled some turns later. */
static void give_up_by_cancel(actor *actor, errand *errand, uint64_t turns)
{
    toasty_fiber *fiber =
        toasty_spawn(actor->loop, run_errand, errand, .joinable = true, .stack_size = 256 * 1024);
    if (!explain(actor, fiber != NULL))
        return;
    for (; turns > 0 && !errand->ended; turns--)
        toasty_sleep(turns > 3);
    if (!errand->ended)
        toasty_cancel(fiber);
    toasty_ignore(toasty_join(fiber));
}

static void give_up_by_deadline(actor *actor, errand *errand)
{
    toasty_auto(toasty_db) with = toasty_with(errand->db, .timeout_ms = 1);
    if (!explain(actor, with != NULL))
        return;
    errand->db = with;
    run_errand(errand);
}

/* A raw statement that changes its session, mostly BEGIN, whose end nobody sees. On a connection of one's own
 * it is sent at once; elsewhere it mostly waits for one. */
void act_raw_given_up(actor *actor)
{
    bool dedicated = pick(actor, 3) > 0;
    toasty_auto(toasty_db) own = dedicated ? toasty_with(actor->db, .dedicated = true) : NULL;
    if (dedicated && !explain(actor, own != NULL))
        return;
    errand errand = {.db = own ? own : actor->db, .text = "BEGIN"};
    if (pick(actor, 3) == 0)
        leaving(actor, &target.leftovers[pick(actor, target.leftover_count)], errand.text,
                sizeof errand.text);
    if (actor->loop)
        give_up_by_cancel(actor, &errand, pick(actor, dedicated ? 4 : 60));
    else
        give_up_by_deadline(actor, &errand);
}

/* --- looking --- */

static void look_text(char *text, size_t size)
{
    size_t length = (size_t)snprintf(text, size, "SELECT ");
    for (size_t i = 0; i < target.leftover_count; i++)
        length +=
            (size_t)snprintf(text + length, size - length, "%s%s", i ? ", " : "", target.leftovers[i].look);
}

bool look(actor *actor, toasty_db *db)
{
    char text[2000];
    look_text(text, sizeof text);
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, text);
    if (!rows || rows->len != 1)
        return explain(actor, false);
    for (size_t i = 0; i < target.leftover_count; i++) {
        const char *found = toasty_cell(rows, 0, i), *sound = crowd_setting(actor->crowd, i);
        if (strcmp(found ? found : "", sound) != 0)
            ledger_break(actor->ledger, PROMISE_LEFT, "%s: found '%s' instead of '%s'",
                         target.leftovers[i].name, found ? found : "", sound);
    }
    return true;
}

void act_look(actor *actor)
{
    if (pick(actor, 2) == 0) {
        look(actor, actor->db);
        return;
    }
    toasty_auto(toasty_db) own = toasty_with(actor->db, .dedicated = true);
    if (explain(actor, own != NULL))
        look(actor, own);
}

/* --- what takes its time --- */

void act_slow(actor *actor)
{
    toasty_auto(toasty_db) with = toasty_with(actor->db, .timeout_ms = (uint32_t)(1 + pick(actor, 25)));
    toasty_auto(toasty_rows) rows = with ? toasty_sql_rows(with, target.slow) : NULL;
    explain(actor, rows != NULL);
}

/* A statement that has committed before it fails: neither may its loss be told as if it had not. */
void act_procedure(actor *actor)
{
    uint64_t operation = operation_new(actor);
    const char *text = pick(actor, 3) == 0 ? target.commit_and_die : target.commit_and_sleep;
    intend(actor, operation, PART(0));
    settle(actor, operation, AT_PROCEDURE,
           toasty_sql(actor->db, text, toasty_sql_int((int64_t)operation)) >= 0);
}
