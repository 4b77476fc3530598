/* Passwords as somebody pastes them into a URL, without encoding: each special character at each place, and
 * each two of them. What they consist of besides, no message has of its own, so that a piece of four bytes in
 * a message has got out. */
#ifndef TESTS_SUPPORT_SECRETS_H
#define TESTS_SUPPORT_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define SECRET_SPECIALS "/?#@:[]%&=+ \\\"'$,;!*(){}|^~`<>"
enum {
    SECRET_SPECIAL_COUNT = sizeof SECRET_SPECIALS - 1,
    SECRET_COUNT = SECRET_SPECIAL_COUNT * 3 + SECRET_SPECIAL_COUNT * SECRET_SPECIAL_COUNT,
    SECRET_SIZE = 16
};

/* The password of a number below SECRET_COUNT. */
static inline void secret_make(char password[SECRET_SIZE], int number)
{
    char a = SECRET_SPECIALS[number % SECRET_SPECIAL_COUNT], b;
    int round = number / SECRET_SPECIAL_COUNT;
    switch (round) {
    case 0:
        snprintf(password, SECRET_SIZE, "%cXZJKVWYXKZ", a);
        return;
    case 1:
        snprintf(password, SECRET_SIZE, "XZJK%cVWYXKZ", a);
        return;
    case 2:
        snprintf(password, SECRET_SIZE, "XZJKVWYXKZ%c", a);
        return;
    default:
        b = SECRET_SPECIALS[round - 3];
        snprintf(password, SECRET_SIZE, "XZ%cJKVW%cYXKZ", a, b);
    }
}

/* Whether four bytes of the password that follow one another stand in the text. */
static inline bool secret_is_in(const char *text, const char *password)
{
    char piece[5] = "";
    for (size_t i = 0; i + 4 <= strlen(password); i++)
        if (strstr(text, memcpy(piece, password + i, 4)))
            return true;
    return false;
}

#endif
