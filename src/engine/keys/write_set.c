/* Sending a write set: reads in front of it, its changes at once or in parts, other reads, and what follows
 * when the store says no. See write_set.h.
 *
 * A job that the store answers while it is submitted is followed by the next one in a loop, so that many
 * parts need no more of the stack than one. */
#include "engine/keys/write_set.h"
#include "base/container.h"
#include "base/error.h"
#include "base/uuid.h"
#include "core/access.h"
#include "core/evaluate.h"
#include "engine/keys/reached.h"
#include <stdio.h>
#include <string.h>

enum { MOST_TRIES = 5 };

/* --- the job under way --- */

toasty_operation *toasty__write_set_add(toasty__write_set *set, const toasty_operation *operation,
                                        toasty_operation *answer)
{
    toasty_job *job = &set->job;
    toasty__arena *arena = &set->execution->arena;
    toasty_operation *operations = toasty__arena_grow(arena, job->operations, &set->operation_capacity,
                                                      job->count + (size_t)1, sizeof(*operations));
    if (operations)
        job->operations = operations;
    toasty_operation **answers = toasty__arena_grow(arena, set->answers, &set->answer_capacity,
                                                    job->count + (size_t)1, sizeof(*answers));
    if (answers)
        set->answers = answers;
    if (!operations || !answers)
        return NULL;
    answers[job->count] = answer;
    operations[job->count] = *operation;
    return &operations[job->count++];
}

static int add_read(toasty__write_set *set, uint32_t place, toasty_error *err)
{
    toasty_operation *read = &set->asked->operations[place];
    return toasty__write_set_add(set, read, read) ? 0 : toasty__fail_memory(err);
}

/* Was its table changed before a read was asked for? */
static bool follows_change(const toasty__write_set *set, uint32_t place)
{
    for (uint32_t i = 0; i < place; i++)
        if (set->shares[i].item && set->asked->operations[i].model == set->asked->operations[place].model)
            return true;
    return false;
}

/* The reads beside a group: those that see its changes, or those that do not. */
static int add_reads(toasty__write_set *set, bool after, toasty_error *err)
{
    for (uint32_t i = 0; i < set->asked->count; i++)
        if (!set->shares[i].item && follows_change(set, i) == after && add_read(set, i, err) < 0)
            return -1;
    return 0;
}

static int add_item(toasty__write_set *set, toasty__row_change *item, toasty_error *err)
{
    if (item->left_out)
        return 0;
    toasty_operation change = item->operation;
    if (toasty__expect_values(set, &change, err) < 0)
        return -1;
    return toasty__write_set_add(set, &change, &item->operation) ? 0 : toasty__fail_memory(err);
}

static int add_claims(toasty__write_set *set, bool undo, toasty_error *err)
{
    set->first_claim = set->job.count;
    for (uint32_t i = set->done; i < set->sent; i++)
        if (!set->items[i].left_out && toasty__claim_values(set, &set->items[i].operation, undo, err) < 0)
            return -1;
    return 0;
}

/* Changes and reads in the order in which they were asked: what the store does at once. */
static int add_all(toasty__write_set *set, toasty_error *err)
{
    for (uint32_t i = 0; i < set->asked->count; i++) {
        toasty__row_change *item = set->shares[i].item;
        if ((!item && add_read(set, i, err) < 0) ||
            (item && item->place == i && add_item(set, item, err) < 0))
            return -1;
    }
    return 0;
}

/* Are the reads in the group? */
static bool reads_within(const toasty__write_set *set)
{
    return toasty__group_gives_rows(set->can) && !set->in_parts;
}

/* --- parts --- */

/* The end of the part that begins at `done`: with what goes with them, its items fit into one group. */
static uint32_t end_of_part(const toasty__write_set *set)
{
    uint32_t most = set->can->max_group, room = most, end = set->done;
    for (; end < set->item_count; end++) {
        uint32_t needed = 1 + toasty__count_claims(set, &set->items[end].operation);
        if (most && needed > room)
            break;
        room -= needed;
    }
    return end > set->done ? end : end + 1;
}

/* May be done in parts: what can be undone, or finished by the same call. */
static bool may_be_in_parts(const toasty__write_set *set)
{
    const toasty__running *run = set->execution->runs;
    if (set->execution->run_count != 1 ||
        (run->request->kind == TOASTY_REQUEST_CREATE && !run->request->many))
        return false;
    for (uint16_t i = 0; run->request->kind == TOASTY_REQUEST_UPDATE && i < run->plan->assigned_count; i++)
        if (run->plan->assigned_kinds[i] != TOASTY_CHANGE_SET)
            return false;
    return true;
}

/* What refers to others goes before those. */
static void turn_items(toasty__write_set *set)
{
    for (uint32_t i = 0, j = set->item_count; i + 1 < j; i++) {
        toasty__row_change *a = &set->items[i], *b = &set->items[--j], item = *a;
        *a = *b;
        *b = item;
    }
    for (uint32_t i = 0; i < set->asked->count; i++)
        if (set->shares[i].item)
            set->shares[i].item =
                &set->items[set->item_count - 1 - (uint32_t)(set->shares[i].item - set->items)];
}

static int divide(toasty__write_set *set, uint32_t changes, toasty_error *err)
{
    if (!may_be_in_parts(set))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "%u changes at once%s: %s takes at most %u all or nothing", (unsigned)changes,
                            set->can->claims ? ", unique values counted" : "",
                            set->execution->engine->driver->name, (unsigned)set->can->max_group);
    set->in_parts = true;
    set->phase = TOASTY__PHASE_BEFORE;
    if (set->execution->runs->request->kind == TOASTY_REQUEST_DELETE)
        turn_items(set);
    return 0;
}

static uint32_t count_changes(const toasty_job *job)
{
    uint32_t changes = 0;
    for (uint32_t i = 0; i < job->count; i++)
        changes += job->operations[i].kind >= TOASTY_OPERATION_INSERT;
    return changes;
}

/* --- the next job --- */

static int fill_changes(toasty__write_set *set, toasty_error *err)
{
    set->sent = set->in_parts ? end_of_part(set) : set->item_count;
    if (reads_within(set) && add_all(set, err) < 0)
        return -1;
    for (uint32_t i = set->done; !reads_within(set) && i < set->sent; i++)
        if (add_item(set, &set->items[i], err) < 0)
            return -1;
    if (add_claims(set, false, err) < 0)
        return -1;
    uint32_t changes = count_changes(&set->job);
    set->job.atomic = changes > 1;
    if (set->in_parts || !set->can->max_group || changes <= set->can->max_group)
        return 0;
    set->job.count = 0;
    return divide(set, changes, err);
}

/* Deletes of rows that were made; `done` goes back to the beginning. */
static int fill_undo(toasty__write_set *set, toasty_error *err)
{
    uint32_t most = set->can->max_group, room = most;
    set->sent = set->done;
    while (set->done) {
        const toasty_operation *made = &set->items[set->done - 1].operation;
        uint32_t needed = 1 + toasty__count_claims(set, made);
        if (most && needed > room)
            break;
        room -= needed;
        set->done--;
        toasty_operation undo = {.kind = TOASTY_OPERATION_DELETE, .model = made->model};
        undo.key.prefix = made->key.prefix;
        undo.key.index = &made->model->indexes[0];
        undo.key.key_count = 1;
        if (!(undo.key.values = toasty__key_values_of(set, made)) || !toasty__write_set_add(set, &undo, NULL))
            return toasty__fail_memory(err);
    }
    set->job.atomic = set->sent - set->done > 1 || set->can->claims;
    return add_claims(set, true, err);
}

static int fill_phase(toasty__write_set *set, toasty_error *err)
{
    bool beside = !reads_within(set);
    switch ((toasty__phase)set->phase) {
    case TOASTY__PHASE_BEFORE:
        return beside ? add_reads(set, false, err) : 0;
    case TOASTY__PHASE_CHANGING:
        return fill_changes(set, err);
    case TOASTY__PHASE_AFTER:
        return beside ? add_reads(set, true, err) : 0;
    case TOASTY__PHASE_UNDOING:
        return fill_undo(set, err);
    default:
        return 0;
    }
}

/* What follows on the job of a phase. */
static void move_on(toasty__write_set *set)
{
    set->tries = 0;
    if (set->phase == TOASTY__PHASE_CHANGING)
        set->done = set->sent;
    if ((set->phase == TOASTY__PHASE_CHANGING && set->done < set->item_count) ||
        (set->phase == TOASTY__PHASE_UNDOING && set->done))
        return;
    set->phase = set->phase == TOASTY__PHASE_UNDOING ? TOASTY__PHASE_ENDED : set->phase + 1;
}

/* A job that is about something, unless it is the end. */
static int next_job(toasty__write_set *set, toasty_error *err)
{
    if (set->again) {
        set->again = false;
        return 0;
    }
    for (set->job.count = 0; !set->job.count && set->phase != TOASTY__PHASE_ENDED;) {
        uint8_t phase = set->phase;
        set->job.atomic = false;
        if (fill_phase(set, err) < 0)
            return -1;
        if (!set->job.count && set->phase == phase)
            move_on(set);
    }
    return set->job.atomic && set->can->group_token ? toasty__uuid_v4(set->job.token, err) : 0;
}

/* --- ending --- */

/* Adds a sentence to an error. */
static void explain(toasty_error *err, const char *text)
{
    size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof(err->message) - used, "; %s", text);
}

/* The execution goes on, or ends: the set may be gone afterwards. */
static void end(toasty__write_set *set)
{
    toasty_job *asked = set->asked;
    for (uint32_t i = 0; asked->error.code == TOASTY_OK && i < asked->count; i++) {
        const toasty__write_share *share = &set->shares[i];
        if (share->item)
            asked->operations[i].count =
                share->counts && !share->item->left_out ? share->item->operation.count : 0;
    }
    asked->done(asked);
}

static void explain_parts(const toasty__write_set *set, toasty_error *err)
{
    char text[128];
    snprintf(text, sizeof(text),
             "%u of %u changes were made before that and stay: the same call makes the others",
             (unsigned)set->done, (unsigned)set->item_count);
    explain(err, text);
}

/* The asked job fails. What a create has made before goes again, other changes stay. */
static void fail(toasty__write_set *set, const toasty_error *err)
{
    toasty_error *asked = &set->asked->error;
    bool creates = set->execution->runs->request->kind == TOASTY_REQUEST_CREATE;
    set->asked->failed = 0;
    if (set->phase == TOASTY__PHASE_UNDOING) {
        explain(asked, "some of the rows that the call had made before that could not be deleted again");
        set->phase = TOASTY__PHASE_ENDED;
        return;
    }
    *asked = *err;
    bool undoes = set->in_parts && creates && set->done;
    if (undoes)
        explain(asked, "what the call had made before that is deleted again");
    else if (set->in_parts && set->done)
        explain_parts(set, asked);
    set->phase = undoes ? TOASTY__PHASE_UNDOING : TOASTY__PHASE_ENDED;
}

/* --- answers --- */

static void take_answer(toasty_operation *to, const toasty_operation *from)
{
    to->count = from->count;
    to->made_key = from->made_key;
    to->key_step = from->key_step;
    to->continuation = from->continuation;
    to->met = from->met;
    to->created = from->created;
}

/* Does a row have what a request expects of it? */
static bool is_meant(const toasty_operation *change, const void *row)
{
    const toasty_model *model = change->model;
    for (uint32_t i = 0; i < change->key.expect_count; i++) {
        const toasty_field *field = &model->fields[change->key.expect_fields[i]];
        toasty_value value = toasty__get(model, row, field);
        if (toasty__compare_values(field, &value, &change->key.expect_values[i]) != 0)
            return false;
    }
    return true;
}

/* The request that an item was first asked by. */
static const toasty__running *run_of(const toasty__write_set *set, const toasty__row_change *item)
{
    const toasty__running *run = set->execution->runs;
    while (item->place >= run->first_operation + run->operation_count)
        run++;
    return run;
}

/* Do other rows change because this one goes? Then they may not without it. */
static bool takes_others_along(const toasty__write_set *set, const toasty__row_change *item)
{
    const toasty__keys *keys = run_of(set, item)->keys;
    return item->operation.kind == TOASTY_OPERATION_DELETE && keys && keys->first && keys->first->next;
}

/* A row is not as it was expected: it is left out, or, with *anew, to be changed as it is now. -1 with err:
 * neither can be. */
static int review(toasty__write_set *set, toasty__row_change *item, const toasty_operation *sent, bool *anew,
                  toasty_error *err)
{
    const void *row = toasty__found_row(sent);
    if (sent->met == TOASTY_MET_OTHER && row && is_meant(&item->operation, row)) {
        item->operation.key.before = row;
        *anew = true;
        return 0;
    }
    if (sent->met == TOASTY_MET_OTHER && takes_others_along(set, item))
        return toasty__fail(err, TOASTY_SERIALIZATION_FAILURE, "a row of %s was changed meanwhile",
                            sent->model->table);
    item->left_out = true;
    return 0;
}

/* Looks at what was not met. 1: something was not; 0: all was; -1 with err. */
static int review_all(toasty__write_set *set, bool *anew, toasty_error *err)
{
    int unmet = 0;
    for (uint32_t i = 0; i < set->job.count; i++) {
        const toasty_operation *sent = &set->job.operations[i];
        toasty_operation *answer = set->answers[i];
        if (!answer || sent->kind < TOASTY_OPERATION_INSERT || sent->met == TOASTY_MET_APPLIED)
            continue;
        if (review(set, toasty__container(answer, toasty__row_change, operation), sent, anew, err) < 0)
            return -1;
        unmet = 1;
    }
    if (*anew && ++set->tries > MOST_TRIES)
        return toasty__fail(err, TOASTY_SERIALIZATION_FAILURE,
                            "rows change faster than this change could follow");
    return unmet;
}

/* The answer to a group was lost: under its token it is asked again. */
static bool is_sent_again(toasty__write_set *set)
{
    const toasty_job *job = &set->job;
    return job->error.code == TOASTY_OUTCOME_UNKNOWN && job->atomic && set->can->group_token &&
           !set->execution->cancelled && ++set->tries <= MOST_TRIES;
}

static void take_answers(toasty__write_set *set)
{
    toasty_error error;
    for (uint32_t i = 0; i < set->job.count; i++)
        if (set->answers[i])
            take_answer(set->answers[i], &set->job.operations[i]);
    move_on(set);
    if (set->execution->cancelled && set->phase == TOASTY__PHASE_CHANGING) {
        toasty__fail(&error, TOASTY_CANCELLED, "the operation was cancelled");
        fail(set, &error);
    }
}

static void take(toasty__write_set *set)
{
    toasty_error error = set->job.error;
    bool refused = error.code == TOASTY_CONDITION_FAILED && set->job.atomic, anew = false;
    if (is_sent_again(set)) {
        set->again = true;
        return;
    }
    int unmet = error.code == TOASTY_OK || refused ? review_all(set, &anew, &error) : 0;
    if (unmet < 0 || (error.code != TOASTY_OK && !unmet))
        fail(set, &error);
    else if (!refused && !anew)
        take_answers(set);
}

static void go_on(toasty__write_set *set);

static void job_done(toasty_job *job)
{
    toasty__write_set *set = toasty__container(job, toasty__write_set, job);
    take(set);
    set->answered = true;
    if (!set->going)
        go_on(set);
}

static void go_on(toasty__write_set *set)
{
    set->going = true;
    do {
        toasty_error error;
        set->answered = false;
        if (next_job(set, &error) < 0) {
            fail(set, &error);
            set->answered = true;
        } else if (!set->job.count) {
            end(set);
            return;
        } else {
            set->job.error.code = TOASTY_OK;
            set->job.done = job_done;
            set->store->calls->submit(set->store, &set->job, set->needs);
        }
    } while (set->answered);
    set->going = false;
}

/* --- between the execution and its session --- */

static bool changes_something(const toasty_job *job)
{
    return count_changes(job) > 0;
}

static void submit(toasty__session *session, toasty_job *job, unsigned needs)
{
    toasty__write_set *set = (toasty__write_set *)session;
    set->asked = job;
    set->needs = needs;
    set->phase = TOASTY__PHASE_BEFORE;
    set->in_parts = set->again = set->going = false;
    set->done = set->sent = 0;
    set->tries = 0;
    if (!changes_something(job)) {
        set->asked = NULL;
        set->store->calls->submit(set->store, job, needs);
        return;
    }
    if (toasty__write_set_take(set, &job->error) < 0) {
        job->failed = 0;
        job->done(job);
        return;
    }
    go_on(set);
}

static void cancel(toasty__session *session, toasty_job *job)
{
    toasty__write_set *set = (toasty__write_set *)session;
    set->store->calls->cancel(set->store, set->asked ? &set->job : job);
}

static void roll_back(toasty__session *session, toasty_job *job)
{
    toasty__write_set *set = (toasty__write_set *)session;
    set->store->calls->roll_back(set->store, job);
}

int toasty__write_set_begin(toasty__execution *execution)
{
    static const toasty__session_calls calls = {submit, cancel, roll_back};
    toasty__write_set *set = toasty__arena_calloc(&execution->arena, 1, sizeof(*set));
    if (!set)
        return toasty__fail_memory(execution->error);
    set->session = (toasty__session){&calls, execution->session->in_transaction};
    set->store = execution->session;
    set->execution = execution;
    set->can = execution->engine->driver->capability;
    execution->session = &set->session;
    return 0;
}
