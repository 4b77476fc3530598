/* Templates of generated text: see template.h. */
#include "derive/emit/template.h"

#include <string.h>

/* The value and, in *scope, the scope that it is written in: the one outside of where it is found. */
static const char *lookup(const derive_scope **scope, const char *name, size_t length)
{
    for (const derive_scope *s = *scope; s; s = s->outer) {
        for (const derive_variable *v = s->variables; v->name; v++) {
            if (strlen(v->name) == length && memcmp(v->name, name, length) == 0) {
                *scope = s->outer;
                return v->value;
            }
        }
    }
    return NULL;
}

void toasty__derive_expand(toasty__buffer *out, const derive_scope *scope, const char *text)
{
    while (*text) {
        const char *start = strstr(text, "${"), *end = start ? strchr(start, '}') : NULL;
        if (!end) {
            toasty__buffer_text(out, text);
            return;
        }
        toasty__buffer_add(out, text, (size_t)(start - text));
        const derive_scope *outer = scope;
        const char *value = lookup(&outer, start + 2, (size_t)(end - start - 2));
        if (value)
            toasty__derive_expand(out, outer, value);
        else
            toasty__buffer_add(out, start, (size_t)(end - start + 1));
        text = end + 1;
    }
}

const char *toasty__derive_expanded(derive_memory *memory, const derive_scope *scope, const char *text)
{
    toasty__buffer buffer;
    toasty__buffer_init(&buffer);
    toasty__derive_expand(&buffer, scope, text);
    if (buffer.failed)
        toasty__derive_out_of_memory();
    const char *copy = toasty__derive_text(memory, buffer.bytes ? buffer.bytes : "", buffer.length);
    toasty__buffer_done(&buffer);
    return copy;
}
