/* Output files: written only when their contents change, whole or not at all, so that a build that depends on
 * them does no work for nothing. */
#ifndef TOASTY_DERIVE_OUTPUT_H
#define TOASTY_DERIVE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the file through a temporary one beside it, unless it has these contents already. 0, or -1 after a
 * message. */
int toasty__derive_write(const char *path, const char *contents, size_t length);
/* Makes the folder and those above it. 0, or -1 after a message. */
int toasty__derive_make_folder(const char *path);
/* Whether the file exists, in another folder than this one, which need not exist. */
bool toasty__derive_lies_elsewhere(const char *path, const char *folder);

#endif
