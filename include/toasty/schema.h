/* The description of a schema that `toasty derive` writes as const tables, and that engine and drivers read.
 *
 * Everything is constant and lives as long as the program. Applications hand the generated `…_schema` to
 * toasty_open and look no further. Field indexes count the columns of a model in the order of its struct,
 * embedded structs flattened in place. */
#ifndef TOASTY_SCHEMA_H
#define TOASTY_SCHEMA_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <toasty/error.h>
#include <toasty/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Changes when a table below or a call of codegen.h changes: generated code of another version does not open.
 */
#define TOASTY_ABI 1

/* The C type of a field, and the class that says how its values are kept. X(NAME, c_type, "name", CLASS) */
#define TOASTY_TYPES(X)                                                                                      \
    X(BOOL, bool, "bool", BOOL)                                                                              \
    X(I8, int8_t, "int8_t", INTEGER)                                                                         \
    X(I16, int16_t, "int16_t", INTEGER)                                                                      \
    X(I32, int32_t, "int32_t", INTEGER)                                                                      \
    X(I64, int64_t, "int64_t", INTEGER)                                                                      \
    X(U8, uint8_t, "uint8_t", INTEGER)                                                                       \
    X(U16, uint16_t, "uint16_t", INTEGER)                                                                    \
    X(U32, uint32_t, "uint32_t", INTEGER)                                                                    \
    X(U64, uint64_t, "uint64_t", INTEGER)                                                                    \
    X(F32, float, "float", REAL)                                                                             \
    X(F64, double, "double", REAL)                                                                           \
    X(ENUM, int, "enum", ENUM)                                                                               \
    X(TEXT, const char *, "text", TEXT)                                                                      \
    X(BYTES, toasty_bytes, "toasty_bytes", BYTES)                                                            \
    X(UUID, toasty_uuid, "toasty_uuid", ID)                                                                  \
    X(TIMESTAMP, toasty_timestamp, "toasty_timestamp", TIME)                                                 \
    X(DATE, toasty_date, "toasty_date", TIME)                                                                \
    X(TIME, toasty_time, "toasty_time", TIME)                                                                \
    X(DATETIME, toasty_datetime, "toasty_datetime", TIME)

typedef enum toasty_type {
#define TOASTY_TYPE_ENUM(NAME, c_type, name, CLASS) TOASTY_TYPE_##NAME,
    TOASTY_TYPES(TOASTY_TYPE_ENUM)
#undef TOASTY_TYPE_ENUM
        TOASTY_TYPE_COUNT
} toasty_type;

/* What the values of a type are, whatever its size. */
typedef enum toasty_type_class {
    TOASTY_CLASS_BOOL,
    TOASTY_CLASS_INTEGER,
    TOASTY_CLASS_REAL,
    TOASTY_CLASS_ENUM, /* a C enum, stored as its label */
    TOASTY_CLASS_TEXT,
    TOASTY_CLASS_BYTES,
    TOASTY_CLASS_ID,
    TOASTY_CLASS_TIME /* dates and times: a struct in C, an integer as a value */
} toasty_type_class;

/* One value on its way to the database: an operand of a condition, a change, a key. Borrows what it points
 * to. */
typedef enum toasty_value_kind {
    TOASTY_VALUE_NULL,
    TOASTY_VALUE_INT,  /* all integers that fit, booleans, enums (the C value); date: days since 1970-01-01;
                          time: µs since  midnight; datetime: µs since 1970-01-01 00:00; timestamp: µs since
                          the  epoch */
    TOASTY_VALUE_UINT, /* an unsigned integer above INT64_MAX */
    TOASTY_VALUE_FLOAT,
    TOASTY_VALUE_TEXT,  /* as.text, len bytes, with a NUL after them */
    TOASTY_VALUE_BYTES, /* as.bytes, len */
    TOASTY_VALUE_UUID,
    TOASTY_VALUE_LIST,   /* as.list: an array of len items of the C type `element` */
    TOASTY_VALUE_INVALID /* no value of its type: a 13th month, bytes without data; as.text says what */
} toasty_value_kind;

typedef struct toasty_value {
    uint8_t kind;    /* toasty_value_kind */
    uint8_t element; /* toasty_type of a list's items, and of a value of a raw statement */
    uint32_t len;
    union {
        int64_t integer;
        uint64_t unsigned_integer;
        double real;
        const char *text;
        const void *bytes;
        const void *list;
        uint8_t uuid[16];
    } as;
} toasty_value;

/* A plain C enum: stored as its label, in a field of TOASTY_TYPE_ENUM, or as its value, in one of an integer
 * type. */
typedef struct toasty_enum {
    const char *name;          /* of the database's type: "priority" */
    const char *const *labels; /* in the order of declaration */
    const int64_t *values;     /* the C value of each label */
    uint16_t count;
    uint8_t size; /* sizeof the C type: 1, 2, 4 or 8 */
    bool is_signed;
} toasty_enum;

/* Where a value comes from that the caller did not give. */
typedef enum toasty_source {
    TOASTY_SOURCE_NONE,
    TOASTY_SOURCE_VALUE, /* the constant beside it */
    TOASTY_SOURCE_NOW,   /* the client's clock, one reading a call */
    TOASTY_SOURCE_UUID_V7,
    TOASTY_SOURCE_UUID_V4,
    TOASTY_SOURCE_SEQUENCE, /* the database counts up; on_create only */
    TOASTY_SOURCE_VERSION   /* one more than it was; on_update only, of one field of a model. What changes or
                               deletes a record expects the row to have the record's */
} toasty_source;

#define TOASTY_NO_OFFSET UINT32_MAX
#define TOASTY_NO_EMBED UINT16_MAX

typedef enum toasty_field_flag {
    TOASTY_FIELD_NULLABLE = 1, /* the field itself is optional: toasty(null) or toasty_opt */
    TOASTY_FIELD_KEY = 2,      /* part of the primary key */
    TOASTY_FIELD_EXPLICIT = 4, /* toasty(explicit): the scalar must be given */
    TOASTY_FIELD_NULL_COLUMN =
        8, /* the column may hold NULL: the field is nullable, or sits in an optional embed */
    TOASTY_FIELD_REFERENCE = 16, /* part of the key of a belongs_to; zero means "not given" in a create */
    TOASTY_FIELD_SENSITIVE = 32, /* its values are shown to nobody but who reads the record */
    TOASTY_FIELD_ANY_TEXT = 64   /* of no model: text in the words of the database, UTF-8 or not */
} toasty_field_flag;

/* One column. */
typedef struct toasty_field {
    const char *name;        /* as in C: "name", "address.city" */
    const char *column;      /* "name", "address_city" */
    uint8_t type;            /* toasty_type */
    uint8_t flags;           /* toasty_field_flag */
    uint8_t on_create;       /* toasty_source; what an absent value becomes */
    uint8_t on_update;       /* toasty_source; what every update writes unless it says otherwise */
    uint16_t embed;          /* index of the innermost optional embed that it sits in, or TOASTY_NO_EMBED */
    uint32_t offset;         /* of the value in the record */
    uint32_t set_offset;     /* of its `.set` in the record (toasty_opt), or TOASTY_NO_OFFSET */
    uint32_t new_offset;     /* the same in the …New struct; TOASTY_NO_OFFSET: cannot be given (auto) */
    uint32_t new_set_offset; /* …New has `.set` also for scalars with a default that is not zero, and explicit
                                ones */
    const toasty_enum *labels; /* of an enum: what the column may hold */
    toasty_value create_value; /* for TOASTY_SOURCE_VALUE */
    toasty_value update_value;
} toasty_field;

/* What a value of a field has to be, besides of its type. X(NAME, "name") as annotations spell it. */
#define TOASTY_RULES(X)                                                                                      \
    X(MIN, "min")                                                                                            \
    X(MAX, "max")                                                                                            \
    X(MIN_LENGTH, "min_length") /* of text in code points, of bytes in bytes */                              \
    X(MAX_LENGTH, "max_length")                                                                              \
    X(PATTERN, "pattern") /* a regular expression (POSIX, extended) that matches the whole text */           \
    X(ONE_OF, "one_of")

typedef enum toasty_rule_kind {
#define TOASTY_RULE_ENUM(NAME, name) TOASTY_RULE_##NAME,
    TOASTY_RULES(TOASTY_RULE_ENUM)
#undef TOASTY_RULE_ENUM
        TOASTY_RULE_COUNT
} toasty_rule_kind;

/* A value that is absent breaks none. */
typedef struct toasty_rule {
    uint16_t field;
    uint8_t kind; /* toasty_rule_kind */
    uint16_t operand_count;
    const toasty_value *operands; /* of ONE_OF any number; else one: a number, a length, an expression */
    const char *text;             /* as the model has it: "max_length = 12" */
} toasty_rule;

/* An optional embedded struct: set when any of its columns is not NULL. */
typedef struct toasty_embed {
    const char *name;        /* "address" */
    uint32_t set_offset;     /* of `.set` in the record */
    uint32_t new_set_offset; /* in …New */
    uint16_t parent;         /* the optional embed around it, or TOASTY_NO_EMBED */
    uint16_t first_field, field_count;
} toasty_embed;

typedef struct toasty_index {
    const char *name; /* in the database: "users_email_key", "todos_user_id_idx"; see core/names.h */
    const uint16_t *fields;
    uint8_t field_count;
    uint8_t partition_count; /* on key-value databases: the leading fields that make the partition; the rest
                                sorts */
    bool primary, unique;
} toasty_index;

typedef enum toasty_relation_kind { TOASTY_HAS_MANY, TOASTY_HAS_ONE, TOASTY_BELONGS_TO } toasty_relation_kind;

typedef enum toasty_delete_rule {
    TOASTY_ON_DELETE_CASCADE,
    TOASTY_ON_DELETE_SET_NULL,
    TOASTY_ON_DELETE_RESTRICT
} toasty_delete_rule;

struct toasty_model;

typedef struct toasty_relation {
    const char *name;                 /* "todos" */
    const struct toasty_model *owner; /* the model that has it */
    const struct toasty_model *target;
    const struct toasty_relation *pair; /* the same relation seen from the target, or NULL */
    const uint16_t
        *own_fields; /* in this model: the key that is referenced (has_…) or that refers (belongs_to) */
    const uint16_t *their_fields; /* in the target, one for one; NULL of a relation that goes via others */
    uint8_t field_count;
    uint8_t via_count;
    bool via_unique; /* no target is found twice for a record */
    /* A has_many whose rows are those that other relations lead to, one after the other, the first of them
     * from the owner, each target once; own_fields are those of the first. It is only read. NULL: it goes
     * via none. */
    const struct toasty_relation *const *via;
    uint8_t kind;      /* toasty_relation_kind */
    uint8_t on_delete; /* toasty_delete_rule; the same on both sides */
    bool required;     /* belongs_to and its pair: the referring key is not nullable */
    bool eager;        /* reads of the owner include it, unless they say no_eager */
    uint32_t offset;   /* in the record: of the pointer, or of the list { items, len, loaded } */
    uint32_t loaded_offset;
    uint32_t new_offset; /* in …New: belongs_to: `const User *user`, has_…: `const TodoNew *todos` */
    uint32_t
        new_create_offset;  /* in …New, belongs_to only: `const UserNew *new_user`; else TOASTY_NO_OFFSET */
    const char *constraint; /* belongs_to: name of the foreign key in the database */
} toasty_relation;

/* What a member of a view is made of. X(NAME, "name") */
#define TOASTY_VIEWED(X)                                                                                     \
    X(FIELD, "field")                                                                                        \
    X(COUNT, "count") /* of rows: those of a has_many, or of a group, as the rest */                         \
    X(COUNT_DISTINCT, "count_distinct")                                                                      \
    X(EXISTS, "exists") /* only of a has_many */                                                             \
    X(SUM, "sum")                                                                                            \
    X(AVERAGE, "avg")                                                                                        \
    X(MIN, "min")                                                                                            \
    X(MAX, "max")

typedef enum toasty_viewed {
#define TOASTY_VIEWED_ENUM(NAME, name) TOASTY_VIEWED_##NAME,
    TOASTY_VIEWED(TOASTY_VIEWED_ENUM)
#undef TOASTY_VIEWED_ENUM
        TOASTY_VIEWED_COUNT_
} toasty_viewed;

/* What a time is cut to: its first moment. X(NAME, "name", digits): how much of "0000-01-01 00:00:00" is kept
 */
#define TOASTY_UNITS(X)                                                                                      \
    X(YEAR, "year", 4)                                                                                       \
    X(MONTH, "month", 7)                                                                                     \
    X(DAY, "day", 10)                                                                                        \
    X(HOUR, "hour", 13)

typedef enum toasty_unit {
    TOASTY_UNIT_NONE,
#define TOASTY_UNIT_ENUM(NAME, name, digits) TOASTY_UNIT_##NAME,
    TOASTY_UNITS(TOASTY_UNIT_ENUM)
#undef TOASTY_UNIT_ENUM
        TOASTY_UNIT_COUNT
} toasty_unit;

/* Of a field of the view's own model, or of one that relations lead to. */
typedef struct toasty_member {
    const toasty_relation *const *path; /* to one, step by step; the last one may be a has_many */
    uint8_t path_length;
    uint8_t viewed; /* toasty_viewed */
    uint8_t unit;   /* toasty_unit: of a FIELD */
    uint16_t field; /* of the model at the end of the path */
} toasty_member;

typedef struct toasty_view {
    const struct toasty_model *of;
    const toasty_member *members; /* one for each field of the view */
    const toasty_member *groups;  /* what rows of one group have in common, each a FIELD */
    uint16_t group_count;         /* 0: each row is shown */
} toasty_view;

struct toasty_layout;

typedef struct toasty_model {
    const char *name;  /* "User" */
    const char *table; /* "users" */
    const toasty_field *fields;
    const toasty_index *indexes; /* [0] is the primary key; foreign keys have one too */
    const toasty_relation *relations;
    const toasty_embed *embeds;
    const toasty_rule *rules; /* by field */
    /* The program's own: adds what is wrong with a record that is about to be written. Below zero: it is
     * refused in any case. NULL: there is none. */
    int (*validate)(const void *record, toasty_errors *errors);
    uint16_t field_count, index_count, relation_count, embed_count, rule_count;
    uint16_t ordinal;                    /* place in the schema's models */
    uint32_t size;                       /* sizeof(User) */
    uint32_t new_size;                   /* sizeof(UserNew) */
    uint32_t new_end_offset;             /* of `end_` in UserNew: not zero ends an array */
    const struct toasty_layout *layouts; /* of its structs of options, by toasty_layout_kind */
    const toasty_view *view; /* NULL: it has a table. Of a view, fields from field_count on are those of its
                                model */
} toasty_model;

struct toasty_driver;

typedef struct toasty_schema {
    uint32_t abi;     /* TOASTY_ABI */
    const char *name; /* "models" */
    const toasty_model *const *models;
    size_t model_count;
    const struct toasty_driver *const *drivers; /* of the declared targets */
    size_t driver_count;
    const char *const *text; /* the same tables as text in pieces, which a push and a migration read; ended
                                by NULL */
} toasty_schema;

#ifdef __cplusplus
}
#endif
#endif
