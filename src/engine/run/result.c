/* The result of a run: a block whose root toasty_free knows. */
#include "base/error.h"
#include "core/roots.h"
#include "engine/run/run.h"

int toasty__new_result(toasty__running *run, size_t root_size, size_t room, toasty_error *err)
{
    run->block = toasty__block_new(run->request->model, root_size, room);
    return run->block && toasty__block_publish(run->block) == 0 ? 0 : toasty__fail_memory(err);
}

void toasty__drop_result(toasty__running *run)
{
    toasty__destroy destroy;
    void *object;
    if (run->block)
        toasty__root_take(run->block->root, &destroy, &object);
    toasty__block_free(run->block);
    run->block = NULL;
}

void toasty__list_root(toasty__running *run, const toasty__loaded *loaded)
{
    *(toasty__slice *)run->block->root = (toasty__slice){loaded->rows, loaded->count, true};
}

int toasty__refuse_change(const toasty_model *model, bool is_there, toasty_error *err)
{
    return is_there
               ? toasty__fail(err, TOASTY_CONDITION_FAILED,
                              "the row of %s is there, but not as this change requires it (any more)",
                              model->table)
               : toasty__fail(err, TOASTY_NOT_FOUND, "the row of %s does not exist (any more)", model->table);
}
