/* The case is ignored where the target can. */
#include "models.toasty.h"

word_expr use(void);

word_expr use(void)
{
    return word_text_ilike("a%");
}
