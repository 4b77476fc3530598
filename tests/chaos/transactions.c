/* Acts in transactions: whole ones with savepoints in them, and what should be refused: a raw end, and the
 * use of a handle that has an open nested one.
 *
 * Nothing of a transaction has happened before the call that commits it. */
#include "acts.h"
#include "target.h"

/* --- the work in a transaction --- */

/* What has been done in a transaction so far, and what of it stands when it commits. */
typedef struct work {
    actor *actor;
    uint64_t operation;
    int64_t counter;
    unsigned next, standing, additions; /* the next part; the parts; to the counter */
} work;

static work work_new(actor *actor)
{
    return (work){
        .actor = actor, .operation = operation_new(actor), .counter = (int64_t)pick(actor, COUNTERS)};
}

/* Comes before the call that commits. */
static void intend_work(const work *work)
{
    intend_count(work->actor, work->operation, work->counter, work->additions);
    intend(work->actor, work->operation, work->standing);
}

static bool add_deed(work *work, toasty_db *db)
{
    unsigned part = work->next++;
    toasty_auto(Deed) deed = deed_create(db, .operation = (int64_t)work->operation, .part = (int32_t)part);
    if (deed)
        work->standing |= PART(part);
    return explain(work->actor, deed != NULL);
}

static bool add_entry(work *work, toasty_db *db)
{
    int32_t part = (int32_t)work->next;
    int64_t number = (int64_t)work->operation;
    work->next += 2;
    toasty_auto(Entry) entry = entry_create(db, .operation = number, .part = part,
                                            .lines = line_new({.operation = number, .part = part + 1}));
    if (entry)
        work->standing |= PART(part) | PART(part + 1);
    return explain(work->actor, entry != NULL);
}

static bool add_raw(work *work, toasty_db *db)
{
    unsigned part = work->next++;
    bool inserted = toasty_sql(db, target.insert, toasty_sql_int((int64_t)work->operation),
                               toasty_sql_int((int64_t)part)) == 1;
    work->standing |= inserted ? PART(part) : 0;
    return explain(work->actor, inserted);
}

static bool add_count(work *work, toasty_db *db)
{
    bool counted = counter_update_by_id(db, work->counter, counter_value_add(1)) == 1;
    work->additions += counted;
    return explain(work->actor, counted);
}

/* A key that is taken: the statement fails, and what is around it with it. */
static bool stumble(work *work, toasty_db *db)
{
    toasty_auto(Fact) fact = fact_create(db, .id = 0, .text = "taken");
    if (fact)
        ledger_break(work->actor->ledger, PROMISE_READ, "a second fact 0 was created");
    else if (toasty_last_error()->code != TOASTY_UNIQUE_VIOLATION)
        explain(work->actor, false);
    return false;
}

static bool work_nested(work *work, toasty_db *db, int depth);

static bool work_once(work *work, toasty_db *db, int depth)
{
    switch (pick(work->actor, depth < 3 ? 7 : 5)) {
    case 0:
        return add_entry(work, db);
    case 1:
        return add_count(work, db);
    case 2:
        return add_raw(work, db);
    case 3:
    case 4:
        return add_deed(work, db);
    default:
        return work_nested(work, db, depth + 1);
    }
}

static bool work_some(work *work, toasty_db *db, int depth)
{
    bool goes_on = true;
    for (uint64_t left = 1 + pick(work->actor, 3); left > 0 && goes_on && work->next + 2 < MOST_PARTS; left--)
        goes_on = work_once(work, db, depth);
    if (goes_on && depth > 0 && pick(work->actor, 6) == 0)
        goes_on = stumble(work, db);
    return goes_on;
}

/* What a savepoint did stands with its commit; otherwise the transaction goes on as if it had not been. */
static bool work_nested(work *work, toasty_db *db, int depth)
{
    unsigned standing = work->standing, additions = work->additions;
    toasty_auto(toasty_db) nested = toasty_begin(db);
    if (!explain(work->actor, nested != NULL))
        return false;
    bool stands = work_some(work, nested, depth) && pick(work->actor, 3) > 0 &&
                  explain(work->actor, toasty_commit(nested) == 0);
    if (!stands) {
        work->standing = standing;
        work->additions = additions;
        if (pick(work->actor, 2) == 0)
            toasty_ignore(toasty_rollback(nested));
    }
    return !work->actor->cancelled;
}

/* --- whole transactions --- */

/* Commits, or rolls back and says so, or leaves it to the end of the scope. */
static void end_work(work *work, toasty_db *transaction, bool commits)
{
    if (!commits) {
        if (pick(work->actor, 2) == 0)
            toasty_ignore(toasty_rollback(transaction));
        return;
    }
    intend_work(work);
    settle(work->actor, work->operation, AT_COMMIT, toasty_commit(transaction) == 0);
}

static void run_transaction(actor *actor, toasty_db *db)
{
    work work = work_new(actor);
    toasty_auto(toasty_db) transaction = toasty_begin(db);
    if (!explain(actor, transaction != NULL))
        return;
    bool worked = work_some(&work, transaction, 0);
    /* One that has failed may be committed as well: it says that it cannot be. */
    end_work(&work, transaction, pick(actor, 4) > 0 || !worked);
}

void act_transaction(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    run_transaction(actor, with ? with : actor->db);
}

/* Reads the counter and writes what it should be then: right only where transactions are serializable. */
static bool count_by_hand(work *work, toasty_db *db)
{
    toasty_auto(Counter) counter = counter_get_by_id(db, work->counter);
    bool counted =
        counter && counter_update_by_id(db, work->counter, counter_value_set(counter->value + 1)) == 1;
    work->additions += counted;
    return explain(work->actor, counted);
}

static int transact(toasty_db *transaction, void *arg)
{
    work *work = arg;
    work->standing = work->additions = work->next = 0;
    set_verdict(work->actor, work->operation, HAPPENED_NOT);
    if (!count_by_hand(work, transaction) || !add_deed(work, transaction) || pick(work->actor, 6) == 0)
        return -1;
    intend_work(work);
    return 1;
}

void act_transact(actor *actor)
{
    work work = work_new(actor);
    actor->cancelled_before = actor->cancelled;
    int status = toasty_transact(actor->db, transact, &work, .isolation = TOASTY_SERIALIZABLE);
    if (status >= 0 || toasty_failed())
        settle(actor, work.operation, AT_COMMIT, status >= 0);
}

/* A connection of one's own: calls that stand alone, and a transaction. */
void act_dedicated(actor *actor)
{
    toasty_auto(toasty_db) own = toasty_with(actor->db, .dedicated = true);
    if (!explain(actor, own != NULL))
        return;
    for (uint64_t left = 1 + pick(actor, 3); left > 0; left--) {
        uint64_t operation = operation_new(actor);
        intend(actor, operation, PART(0));
        toasty_auto(Deed) deed = deed_create(own, .operation = (int64_t)operation);
        if (!settle(actor, operation, AT_CALL, deed != NULL))
            return;
    }
    run_transaction(actor, own);
}

/* --- what should be refused --- */

/* How an act ends a handle whose end it has to judge by the answer. */
typedef enum ending { COMMITS, ROLLS_BACK, LEAVES } ending;

/* True when the answer says that it has ended this way. */
static bool end_by(ending ending, toasty_db *transaction)
{
    switch (ending) {
    case COMMITS:
        return toasty_commit(transaction) == 0;
    case ROLLS_BACK:
        return toasty_rollback(transaction) == 0;
    default:
        return false;
    }
}

/* A create that may be refused. True when it was acknowledged. */
static bool try_deed(work *work, toasty_db *db)
{
    unsigned part = work->next++;
    toasty_auto(Deed) deed = deed_create(db, .operation = (int64_t)work->operation, .part = (int32_t)part);
    if (deed)
        work->standing |= PART(part);
    return deed != NULL;
}

/* What was done before a raw end and what was acknowledged after it are operations of their own: a raw COMMIT
 * may have made the first one stand, but what the end of the transaction answers has to be true of both. */
static void judge_raw_end(const work *before, const work *after, bool raw_commit, ending ending, bool ended)
{
    verdict of_before = HAPPENED_NOT, of_after = HAPPENED_NOT;
    bool unknown = ending == COMMITS && toasty_last_error()->code == TOASTY_OUTCOME_UNKNOWN;
    if (ended && ending == COMMITS)
        of_before = of_after = HAPPENED;
    else if (!ended && (unknown || ending == ROLLS_BACK))
        of_before = of_after = MAY_HAVE_HAPPENED;
    else if (!ended && raw_commit)
        of_before = MAY_HAVE_HAPPENED;
    set_verdict(before->actor, before->operation, of_before);
    set_verdict(after->actor, after->operation, of_after);
}

/* COMMIT or ROLLBACK as text, inside of a transaction that is the library's. */
void act_raw_end(actor *actor)
{
    work before = work_new(actor), after = work_new(actor);
    bool raw_commit = pick(actor, 2) == 0;
    ending ending = (enum ending)pick(actor, 3);
    toasty_auto(toasty_db) transaction = toasty_begin(actor->db);
    if (!explain(actor, transaction != NULL) || !add_deed(&before, transaction))
        return;
    intend_work(&before);
    toasty_ignore(toasty_sql(transaction, raw_commit ? "COMMIT" : "ROLLBACK"));
    try_deed(&after, transaction);
    intend_work(&after);
    judge_raw_end(&before, &after, raw_commit, ending, end_by(ending, transaction));
}

/* The outer handle writes while a nested transaction is open. */
void act_write_outside(actor *actor)
{
    work work = work_new(actor);
    toasty_auto(toasty_db) outer = toasty_begin(actor->db);
    if (!explain(actor, outer != NULL) || !add_deed(&work, outer))
        return;
    toasty_db *nested = toasty_begin(outer);
    if (!explain(actor, nested != NULL))
        return;
    unsigned inside = PART(work.next);
    ending ending = (enum ending)pick(actor, 3);
    add_deed(&work, nested);
    try_deed(&work, outer);
    if (!end_by(ending, nested) || ending != COMMITS)
        work.standing &= ~inside;
    toasty_free(nested);
    intend_work(&work);
    settle(actor, work.operation, AT_MISUSE, toasty_commit(outer) == 0);
}

/* The outer one is committed while the nested one is open, and again when that was refused. */
void act_end_outside(actor *actor)
{
    work work = work_new(actor);
    toasty_auto(toasty_db) outer = toasty_begin(actor->db);
    if (!explain(actor, outer != NULL) || !add_deed(&work, outer))
        return;
    toasty_db *nested = toasty_begin(outer);
    if (!explain(actor, nested != NULL))
        return;
    unsigned outside = work.standing;
    add_deed(&work, nested);
    unsigned all = work.standing;
    work.standing = outside;
    intend_work(&work);
    bool ended = settle(actor, work.operation, AT_MISUSE, toasty_commit(outer) == 0);
    if (!ended && toasty_last_error()->code != TOASTY_OUTCOME_UNKNOWN) {
        work.standing = end_by(COMMITS, nested) ? all : outside;
        intend_work(&work);
        settle(actor, work.operation, AT_MISUSE, toasty_commit(outer) == 0);
    }
    toasty_free(nested);
}

/* Two nested ones side by side. */
void act_siblings(actor *actor)
{
    work work = work_new(actor);
    toasty_auto(toasty_db) outer = toasty_begin(actor->db);
    if (!explain(actor, outer != NULL) || !add_deed(&work, outer))
        return;
    toasty_db *first = toasty_begin(outer);
    toasty_db *second = first ? toasty_begin(outer) : NULL;
    ending of_first = (enum ending)pick(actor, 3), of_second = (enum ending)pick(actor, 3);
    unsigned parts[] = {PART(work.next), PART(work.next + 1)};
    if (first)
        try_deed(&work, first);
    if (second)
        try_deed(&work, second);
    if (!first || !end_by(of_first, first) || of_first != COMMITS)
        work.standing &= ~parts[0];
    if (!second || !end_by(of_second, second) || of_second != COMMITS)
        work.standing &= ~parts[1];
    toasty_free(first);
    toasty_free(second);
    intend_work(&work);
    settle(actor, work.operation, AT_MISUSE, toasty_commit(outer) == 0);
}

/* A transaction that was begun as text, and then the library's on the same connection. When both can be, each
 * has an end of its own. */
void act_begin_on_raw(actor *actor)
{
    work outside = work_new(actor), inside = work_new(actor);
    toasty_auto(toasty_db) own = toasty_with(actor->db, .dedicated = true);
    if (!explain(actor, own != NULL) || !explain(actor, toasty_sql(own, "BEGIN") >= 0) ||
        !add_deed(&outside, own))
        return;
    toasty_db *transaction = toasty_begin(own);
    if (transaction && try_deed(&inside, transaction)) {
        intend_work(&inside);
        settle(actor, inside.operation, AT_MISUSE, toasty_commit(transaction) == 0);
    }
    toasty_free(transaction);
    if (transaction || pick(actor, 2) == 0) {
        toasty_ignore(toasty_sql(own, "ROLLBACK"));
    } else {
        intend_work(&outside);
        settle(actor, outside.operation, AT_CALL, toasty_sql(own, "COMMIT") >= 0);
    }
}
