/* UUIDs (RFC 9562), as sixteen bytes in the order of the text form. */
#ifndef TOASTY_BASE_UUID_H
#define TOASTY_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <toasty/error.h>

enum { TOASTY__UUID_TEXT = 36 };

/* Random. 0, or -1 when the system gives no random bytes. */
int toasty__uuid_v4(uint8_t out[16], toasty_error *err);

/* Ordered by time: each is greater than every one that this process made before it, on whichever thread. */
int toasty__uuid_v7(uint8_t out[16], toasty_error *err);

/* Lower case; 36 characters and a NUL. */
void toasty__uuid_format(const uint8_t uuid[16], char out[TOASTY__UUID_TEXT + 1]);

/* Exactly 8-4-4-4-12 hexadecimal digits, upper or lower case; any version. False leaves out as it was. */
bool toasty__uuid_parse(const char *text, size_t length, uint8_t out[16]);

#endif
