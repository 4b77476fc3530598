/* Sending a write set: phase after phase, and what follows when the store says no. See write_set.h.
 *
 * A job that the store answers while it is submitted is followed by the next one in a loop, so that many
 * parts need no more of the stack than one. */
#include "engine/keys/write_set.h"
#include "base/container.h"
#include "base/error.h"
#include "base/uuid.h"
#include "engine/keys/reached.h"
#include <stdio.h>
#include <string.h>

enum { MOST_TRIES = 5 };

/* --- the next job --- */

/* Adds a sentence to an error. */
static void explain(toasty_error *err, const char *text)
{
    size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof(err->message) - used, "; %s", text);
}

/* What follows on the job of a phase. */
static void move_on(toasty__write_set *set)
{
    set->tries = 0;
    switch ((toasty__phase)set->phase) {
    case TOASTY__PHASE_CHANGING:
        set->done = set->sent;
        set->phase += set->done == set->item_count;
        break;
    case TOASTY__PHASE_UNDOING:
        if (set->done)
            break;
        explain(&set->asked->error, "what the call had made before that was deleted again");
        set->phase = TOASTY__PHASE_ENDED;
        break;
    default:
        set->phase++;
    }
}

/* A job that is about something, unless it is the end. */
static int next_job(toasty__write_set *set, toasty_error *err)
{
    if (set->again) {
        set->again = false;
        return 0;
    }
    for (set->job.count = 0; !set->job.count && set->phase != TOASTY__PHASE_ENDED;) {
        set->job.atomic = false;
        if (toasty__write_set_fill(set, err) < 0)
            return -1;
        if (!set->job.count)
            move_on(set);
    }
    return set->job.atomic && set->can->group_token ? toasty__uuid_v4(set->job.token, err) : 0;
}

/* --- ending --- */

static void take_answer(toasty_operation *to, const toasty_operation *from)
{
    to->count = from->count;
    to->made_key = from->made_key;
    to->key_step = from->key_step;
    to->continuation = from->continuation;
    to->met = from->met;
    to->created = from->created;
}

/* The execution goes on, or ends: the set may be gone afterwards. */
static void end(toasty__write_set *set)
{
    toasty_job *asked = set->asked;
    for (uint32_t i = 0; asked->error.code == TOASTY_OK && i < asked->count; i++) {
        const toasty__write_share *share = &set->shares[i];
        if (share->item && share->counts && !share->item->left_out)
            take_answer(&asked->operations[i], &share->item->operation);
        else if (share->item)
            asked->operations[i].count = 0;
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
    if (set->phase == TOASTY__PHASE_AFTER)
        explain(asked, "the change itself was made");
    else if (set->in_parts && set->done && !undoes)
        explain_parts(set, asked);
    set->phase = undoes ? TOASTY__PHASE_UNDOING : TOASTY__PHASE_ENDED;
}

/* --- answers --- */

const toasty__running *toasty__run_of(const toasty__write_set *set, uint32_t place)
{
    const toasty__running *run = set->execution->runs;
    while (place >= run->first_operation + run->operation_count)
        run++;
    return run;
}

/* Do other rows change because one goes? Then they may not without it. */
static bool takes_others_along(const toasty__write_set *set, const toasty__row_change *item)
{
    const toasty__keys *keys = toasty__run_of(set, item->place)->keys;
    const toasty__reached *others = keys && keys->first ? keys->first->next : NULL;
    while (others && !others->loaded.count)
        others = others->next;
    return item->operation.kind == TOASTY_OPERATION_DELETE && others;
}

/* The row is there, but not as it was expected. What it was meant for in spite of that is done to it as it is
 * now. */
static int review_row(toasty__write_set *set, toasty__row_change *item, const void *row, toasty_error *err)
{
    bool meant = toasty__is_meant(&item->operation, NULL, row);
    if (!meant && !item->merged)
        item->left_out = true;
    else if (!meant && toasty__merge_for_row(set, item, row, err) < 0)
        return -1;
    item->operation.key.before = row;
    return 0;
}

/* The request of an item that means one row which must be as it knows it, where this one, if it is there at
 * all, is not. NULL: there is none. */
static const toasty__running *missed_by(const toasty__write_set *set, const toasty__row_change *item,
                                        const void *row)
{
    for (uint32_t i = 0; i < set->asked->count; i++) {
        const toasty__running *run = set->shares[i].item == item ? toasty__run_of(set, i) : NULL;
        const toasty_operation *change = &set->asked->operations[i];
        if (run && run->plan && run->plan->checks && change->model == run->request->model &&
            !(row && toasty__is_meant(change, i == item->place ? NULL : &item->operation, row)))
            return run;
    }
    return NULL;
}

/* A row is not as it was expected: it is left out, or, with *anew, to be changed as it is now. -1 with err:
 * neither can be. */
static int review(toasty__write_set *set, toasty__row_change *item, const toasty_operation *sent, bool *anew,
                  toasty_error *err)
{
    const void *row = sent->met == TOASTY_MET_OTHER ? toasty__found_row(sent) : NULL;
    const toasty__running *by = missed_by(set, item, row);
    if (by)
        return toasty__refuse_change(
            sent->model, sent->met == TOASTY_MET_OTHER && (!row || toasty__has_values(by, row, false)), err);
    item->left_out = !row;
    if (row && review_row(set, item, row, err) < 0)
        return -1;
    *anew = *anew || !item->left_out;
    if (item->left_out && sent->met == TOASTY_MET_OTHER && takes_others_along(set, item))
        return toasty__fail(err, TOASTY_SERIALIZATION_FAILURE, "a row of %s was changed meanwhile",
                            sent->model->table);
    return 0;
}

/* Looks at what was not met. 1: something was not; 0: all was; -1 with err. */
static int review_all(toasty__write_set *set, bool *anew, toasty_error *err)
{
    int unmet = 0;
    for (uint32_t i = 0; i < set->job.count; i++) {
        const toasty_operation *sent = &set->job.operations[i];
        toasty_operation *answer = set->answers[i];
        if (!answer || toasty_operation_class_of(sent->kind) != TOASTY_OPERATION_CLASS_WRITE ||
            sent->met == TOASTY_MET_APPLIED)
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
    if (refused && !unmet)
        toasty__fail(&error, TOASTY_SERIALIZATION_FAILURE, "unique values were changed meanwhile");
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

static void submit(toasty__session *session, toasty_job *job, unsigned needs)
{
    toasty__write_set *set = (toasty__write_set *)session;
    set->asked = job;
    set->needs = needs;
    set->phase = TOASTY__PHASE_BEFORE;
    set->in_parts = set->again = set->going = false;
    set->done = set->sent = 0;
    set->tries = 0;
    if (!toasty__count_changes(job)) {
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
    static const toasty__session_calls calls = {submit, cancel, roll_back, NULL, NULL};
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
