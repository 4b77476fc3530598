/* Telling misuse: see misuse.h. */
#include "core/misuse.h"
#include "base/context.h"
#include "base/error.h"
#include "core/block.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <toasty/codegen.h>

static _Atomic toasty_misuse_hook misuse_hook;
static atomic_bool development;

void toasty_set_misuse_hook(toasty_misuse_hook hook)
{
    atomic_store_explicit(&misuse_hook, hook, memory_order_relaxed);
}

void toasty__development_begin(void)
{
    atomic_store_explicit(&development, true, memory_order_relaxed);
}

bool toasty__in_development(void)
{
    return atomic_load_explicit(&development, memory_order_relaxed);
}

bool toasty__tells_misuse(void)
{
    return atomic_load_explicit(&misuse_hook, memory_order_relaxed) || toasty__in_development();
}

void toasty__tell_misuse(const char *expression, const char *file, int line, const char *message)
{
    toasty_misuse_hook hook = atomic_load_explicit(&misuse_hook, memory_order_relaxed);
    if (hook)
        hook(expression, file, line);
    else if (toasty__in_development())
        fprintf(stderr, "toasty: %s\n", message);
}

void toasty__not_loaded(const char *expression, const char *file, int line)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__fail(err, TOASTY_NOT_LOADED,
                 "%s was not loaded (%s:%d): include it in the call that read the record", expression, file,
                 line);
    toasty__tell_misuse(expression, file, line, err->message);
}

/* --- results that nobody freed --- */

typedef struct living {
    size_t count;
    char names[256]; /* of their models, each once */
} living;

static void note_living(void *object, void *arg)
{
    living *living = arg;
    const toasty__block *block = object;
    const char *name = block->model ? block->model->name : "toasty_rows";
    size_t used = strlen(living->names);
    living->count++;
    if (!strstr(living->names, name) && used + strlen(name) + 3 < sizeof living->names)
        sprintf(living->names + used, "%s%s", used ? ", " : "", name);
}

void toasty__tell_living(void)
{
    living living = {0};
    if (!toasty__in_development())
        return;
    toasty__block_visit(note_living, &living);
    if (living.count)
        fprintf(stderr, "toasty: a database was closed while %zu result%s not freed: of %s\n", living.count,
                living.count == 1 ? " was" : "s were", living.names);
}

void *toasty__related(const toasty_relation *relation, const void *record, const char *spelled,
                      const char *file, int line)
{
    void *related = NULL;
    if (record && *((const bool *)record + relation->loaded_offset)) {
        memcpy(&related, (const char *)record + relation->offset, sizeof related);
        if (!related)
            toasty__error_clear(&toasty__context_current()->error);
        return related;
    }
    char expression[128];
    snprintf(expression, sizeof expression, "%.60s->%.60s", spelled, relation->name);
    toasty__not_loaded(expression, file, line);
    return NULL;
}
