/* What a program does wrong and C lets pass, told to whoever develops it.
 *
 * The hook of the program is told, or, where it has none and was compiled with TOASTY_DEVELOPMENT, standard
 * error. Otherwise nothing is written. */
#ifndef TOASTY_CORE_MISUSE_H
#define TOASTY_CORE_MISUSE_H

#include <stdbool.h>

/* The program was compiled with TOASTY_DEVELOPMENT. Stays so. */
void toasty__development_begin(void);
bool toasty__in_development(void);
/* Somebody is told: there is a hook, or the program is being developed. */
bool toasty__tells_misuse(void);
/* Tells it: `expression` and its place to the hook, the message to standard error. */
void toasty__tell_misuse(const char *expression, const char *file, int line, const char *message);
/* At the end of a database: tells which results live still. */
void toasty__tell_living(void);

#endif
