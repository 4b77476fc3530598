/* The language in which an input says what a server of PostgreSQL answers: a letter a message.
 *
 *     1 2 3 n I …     a message of that type, without a body
 *     t               ParameterDescription: no parameters
 *     T i t .         RowDescription: columns of these types, up to the full stop (see `types`)
 *     D i7 tx - .     DataRow: an int8 7, a text "x", NULL
 *     C SELECT 1.     CommandComplete
 *     Z I             ReadyForQuery
 *     E E 23505       ErrorResponse: its severity (E, F for FATAL, P for PANIC) and code; N as well
 *     G H S A         CopyIn, CopyOut, ParameterStatus, Notification
 *     \ 5 .....       so many bytes as they are (a byte below 10 and not a digit counts as well)
 *
 * Spaces and ends of lines between messages are nothing. */
#ifndef TESTS_FUZZ_SERVER_SCRIPT_H
#define TESTS_FUZZ_SERVER_SCRIPT_H

#include "drivers/postgresql/wire.h"

#include <stdint.h>
#include <stdlib.h>

enum { SCRIPT_ROOM = 256 * 1024 };

typedef struct script {
    const uint8_t *at, *end;
    size_t length; /* of what is to be said */
    char bytes[SCRIPT_ROOM];
} script;

/* Columns, and how a cell of such a type is made of one character. */
static const struct script_type {
    char letter;
    uint8_t size; /* of a cell; 0: the character itself */
    uint16_t type;
} script_types[] = {
    {'i', 8, PG_INT8},      {'h', 4, PG_INT4},
    {'s', 2, PG_INT2},      {'b', 1, PG_BOOL},
    {'f', 8, PG_FLOAT8},    {'g', 4, PG_FLOAT4},
    {'u', 16, PG_UUID},     {'z', 8, PG_TIMESTAMPTZ},
    {'w', 8, PG_TIMESTAMP}, {'d', 4, PG_DATE},
    {'o', 8, PG_TIME},      {'y', 0, PG_BYTEA},
    {'j', 0, PG_JSON},      {'e', 0, PG_FIRST_USER_TYPE},
    {'t', 0, PG_TEXT},      {'?', 0, 1},
};

static bool script_more(const script *script)
{
    return script->at < script->end;
}

static char script_next(script *script)
{
    return script_more(script) ? (char)*script->at++ : '\0';
}

/* The next one, unless it ends what it stands in. */
static char script_next_of(script *script)
{
    char next = script_next(script);
    return next == '.' || next == '\n' ? '\0' : next;
}

static void script_put(script *script, const void *bytes, size_t count)
{
    if (count > sizeof script->bytes - script->length)
        return;
    memcpy(script->bytes + script->length, bytes, count);
    script->length += count;
}

static void script_put16(script *script, size_t number)
{
    char bytes[2];
    pg_put16(bytes, (int16_t)number);
    script_put(script, bytes, sizeof bytes);
}

static void script_put32(script *script, size_t number)
{
    char bytes[4];
    pg_put32(bytes, (int32_t)number);
    script_put(script, bytes, sizeof bytes);
}

static const struct script_type *script_type_of(char letter)
{
    const struct script_type *type = script_types;
    while (type->letter != letter && type->letter != '?')
        type++;
    return type;
}

static void script_columns(script *script)
{
    size_t count = 0, place = script->length;
    script_put16(script, 0);
    for (char letter; (letter = script_next_of(script)); count++) {
        char about[] = "c\0....nn....ss....f";
        memset(about + 2, 0, sizeof about - 2);
        pg_put32(about + 2 + 6, script_type_of(letter)->type);
        script_put(script, about, sizeof about);
    }
    if (script->length >= place + 2)
        pg_put16(script->bytes + place, (int16_t)count);
}

static void script_cells(script *script)
{
    size_t count = 0, place = script->length;
    script_put16(script, 0);
    for (char letter; (letter = script_next_of(script)); count++) {
        char cell[16] = "";
        if (letter == '-') {
            script_put32(script, PG_NULL);
            continue;
        }
        size_t size = script_type_of(letter)->size;
        char value = script_next(script);
        cell[size ? size - 1 : 0] = size ? (char)(value - '0') : value;
        script_put32(script, size ? size : 1);
        script_put(script, cell, size ? size : 1);
    }
    if (script->length >= place + 2)
        pg_put16(script->bytes + place, (int16_t)count);
}

static void script_text(script *script)
{
    for (char next; (next = script_next_of(script));)
        script_put(script, &next, 1);
    script_put(script, "", 1);
}

static void script_complaint(script *script)
{
    char severity = script_next(script), field = 'C';
    const char *name = severity == 'F' ? "FATAL" : severity == 'P' ? "PANIC" : "ERROR";
    script_put(script, "V", 1);
    script_put(script, name, 6);
    script_put(script, &field, 1);
    for (size_t i = 0; i < 5; i++) {
        char next = script_next(script);
        script_put(script, &next, 1);
    }
    script_put(script, "\0Mno\0", 6);
}

static void script_body(script *script, char type)
{
    char status;
    switch (type) {
    case 't':
        script_put16(script, 0);
        break;
    case 'T':
        script_columns(script);
        break;
    case 'D':
        script_cells(script);
        break;
    case 'C':
        script_text(script);
        break;
    case 'Z':
        status = script_next(script);
        script_put(script, &status, 1);
        break;
    case 'E':
    case 'N':
        script_complaint(script);
        break;
    case 'G':
    case 'H':
        script_put(script, "\0\0\0", 3);
        break;
    case 'S':
        script_put(script, "a\0b", 4);
        break;
    case 'A':
        script_put(script, "\0\0\0\1a\0b", 8);
        break;
    default:
        break;
    }
}

/* The message whose letter was just taken. */
static void script_say(script *script, char type)
{
    size_t begin = script->length;
    script_put(script, &type, 1);
    script_put32(script, 0);
    script_body(script, type);
    if (script->length >= begin + PG_HEADER)
        pg_put32(script->bytes + begin + 1, (int32_t)(script->length - begin - 1));
}

static void script_say_bytes(script *script)
{
    uint8_t count = (uint8_t)script_next(script);
    size_t left = (size_t)(script->end - script->at), wanted = count >= '0' ? count - '0' : count;
    wanted = wanted < left ? wanted : left;
    script_put(script, script->at, wanted);
    script->at += wanted;
}

#endif
