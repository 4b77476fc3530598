/* One record out of a result, in a block of its own. */
#include "base/context.h"
#include "base/error.h"
#include "core/block.h"
#include "core/copy.h"

bool toasty_created(const void *record)
{
    const toasty__block *block = record ? toasty__block_of(record) : NULL;
    return block && block->about == block->root;
}

void *toasty__copy(const toasty_model *model, const void *record)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    if (!model || !record) {
        toasty__fail(err, TOASTY_INVALID_ARGUMENT, "copy: the record is NULL");
        return NULL;
    }
    toasty__block *block = toasty__block_new(model, model->size, 0);
    if (!block || toasty__copy_record_to(&block->arena, model, record, block->root) < 0 ||
        toasty__block_publish(block) < 0) {
        toasty__block_free(block);
        toasty__fail_memory(err);
        return NULL;
    }
    return block->root;
}
