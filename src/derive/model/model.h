/* The models of a schema as plain data: what the front reads from the headers, what the resolver works out of
 * it, and what the checks and the emitters look at. Knows neither libclang nor what is generated.
 *
 * Two views of a struct: its members as written (front), and the model's columns, embedded structs flattened
 * in place (resolver). All memory belongs to the run. */
#ifndef TOASTY_DERIVE_MODEL_H
#define TOASTY_DERIVE_MODEL_H

#include "derive/base/diagnostic.h"
#include "derive/base/memory.h"
#include <stdint.h>
#include <toasty/driver/capability.h>
#include <toasty/schema.h>

/* Fields of a key or an index: what a request has room for. */
enum { DERIVE_MAX_KEYS = 4 };

typedef struct derive_struct derive_struct;
typedef struct derive_model derive_model;
typedef struct derive_relation derive_relation;

/* --- as written --- */

/* One word of an annotation: `key`, `default = 5`, `index = (a, b)`, `column("name")`. */
typedef struct derive_word {
    derive_location at;
    const char *name;
    const char *value; /* the text after `=` or in the parentheses, without these; NULL: none */
} derive_word;

typedef DERIVE_LIST(derive_word) derive_words;
typedef DERIVE_LIST(const char *) derive_names;

typedef struct derive_enum {
    derive_location at;
    const char *spelling;   /* as a C type: "Priority", "enum priority" */
    const char *name;       /* of the type in the database: "priority" */
    derive_names constants; /* "PRIORITY_LOW" */
    derive_names labels;    /* "low" */
    uint8_t size;
    bool is_signed;
    bool ascending; /* the values count up in the order of declaration */
} derive_enum;

/* A constant that stands for a value that was not given. */
typedef struct derive_default {
    toasty_source source;
    const char *expression; /* for TOASTY_SOURCE_VALUE: the C text of the constant */
    bool is_zero;           /* the constant is 0, false or the first label, so that C's zero says the same */
} derive_default;

/* min = 0, one_of = ("a", "b"): what a value has to be. */
typedef struct derive_rule {
    toasty_rule_kind kind;
    derive_location at;
    derive_names operands; /* C texts of constants */
    const char *text;      /* as it is written */
} derive_rule;

typedef enum derive_member_kind { DERIVE_COLUMN, DERIVE_EMBED, DERIVE_RELATION } derive_member_kind;

/* What a member of a view says of itself. */
typedef struct derive_viewed {
    const char *path; /* "company.name", "todos.minutes"; NULL: the member's own name */
    uint8_t viewed;   /* toasty_viewed */
    bool given;
    derive_location at;
} derive_viewed;

/* One field of a struct. */
typedef struct derive_member {
    derive_member_kind kind;
    derive_location at;
    const char *name;
    const char *comment;  /* the user's own, on one line; NULL: none */
    const char *c_type;   /* of the value, without toasty_opt: "uint64_t", "const char *", "Address" */
    toasty_type type;     /* DERIVE_COLUMN */
    const char *newtype;  /* of a toasty_newtype: "struct UserId"; NULL: it is none */
    const char *inside;   /* the type in it: "uint64_t" */
    derive_enum *labels;  /* of an enum; its type is TOASTY_TYPE_ENUM, or of the integer that is stored */
    derive_struct *embed; /* DERIVE_EMBED */
    derive_relation *relation; /* DERIVE_RELATION */
    derive_words words;
    bool optional; /* toasty_opt(T): `.set` and `.value` */
    /* What the words say. */
    bool null, key, automatic, index, unique, explicit_given, partition, local, sensitive, version;
    derive_default on_create, on_update;
    DERIVE_LIST(derive_rule) rules; /* one of a kind */
    const char *column;             /* NULL: as the field */
    derive_viewed viewed;
} derive_member;

struct derive_struct {
    derive_location at;
    const char *spelling; /* as a C type: "Address", "struct address" */
    DERIVE_LIST(derive_member *) members;
};

/* --- worked out --- */

/* How the field of a column stands in …New. */
typedef enum derive_given {
    DERIVE_NOT_GIVEN, /* auto */
    DERIVE_AS_RECORD, /* as in the record */
    DERIVE_OPTIONAL   /* toasty_opt, although it is not in the record: absent differs from zero */
} derive_given;

typedef struct derive_column {
    const derive_member *member;
    const char *name;   /* "address.city" */
    const char *ident;  /* "address_city" */
    const char *column; /* in the table */
    const char *access; /* C path in the record to the value, or to what has `.set` and `.value`:
                           "address.value.city" */
    size_t number;
    int embed;        /* innermost optional embed, or -1 */
    bool nested;      /* in an embed, optional or not */
    bool nullable;    /* the field itself may be absent */
    bool null_column; /* the column may hold NULL */
    bool key, reference;
    derive_given given;
    /* Of a view: what it is of, and the relations that lead there. */
    const struct derive_column *source;
    DERIVE_LIST(const derive_relation *) path;
    toasty_unit unit;
} derive_column;

/* An embedded struct in a model, optional or not. */
typedef struct derive_part {
    const derive_member *member;
    const char *name, *ident, *access;
    size_t first, count; /* its columns */
    int embed;           /* number among the optional ones, or -1 */
    int parent;          /* the optional embed around it, or -1 */
    bool nested;         /* in another embed */
} derive_part;

typedef DERIVE_LIST(derive_column *) derive_columns;

typedef enum derive_index_kind { DERIVE_PRIMARY, DERIVE_UNIQUE, DERIVE_PLAIN } derive_index_kind;

/* index = (…), unique = (…) of a model, as written. */
typedef struct derive_composite {
    derive_location at;
    derive_index_kind kind;
    derive_names names;     /* the partition's first */
    size_t partition_count; /* 0: it does not say which they are */
} derive_composite;

typedef struct derive_index {
    derive_location at;
    derive_index_kind kind;
    const char *name; /* in the database */
    derive_columns columns;
    size_t partition_count;
    bool partition_given; /* the model says which fields make the partition */
    bool implied;         /* made for a foreign key, not asked for */
    size_t number;
} derive_index;

struct derive_relation {
    derive_location at;
    toasty_relation_kind kind;
    const char *name, *comment, *target_name;
    derive_words words;
    const char *pair_name;
    derive_names key_names, reference_names;
    const char *via_path; /* "todos.category"; NULL: it goes via no others */
    bool eager;           /* reads of the owner include it */
    bool delete_given;
    toasty_delete_rule on_delete;
    /* Worked out. */
    derive_model *owner, *target;
    derive_relation *pair;
    derive_columns own, theirs; /* via others: of the first of them */
    DERIVE_LIST(const derive_relation *) via;
    bool via_unique; /* no target is found twice for a record */
    const char *constraint;
    bool required;
    size_t number;
};

struct derive_model {
    derive_location at;
    const char *name;   /* "User" */
    const char *prefix; /* "user" */
    const char *table;
    const char *comment;
    const char *validate; /* the program's function that does; NULL: none */
    derive_struct *body;
    derive_words words;
    size_t header; /* number of the header that holds it */
    size_t number; /* in the schema */
    derive_columns columns;
    DERIVE_LIST(derive_part *) parts;
    size_t embed_count;                  /* of the optional parts */
    DERIVE_LIST(derive_index *) indexes; /* [0] is the primary key */
    DERIVE_LIST(derive_relation *) relations;
    derive_names key_names, partition_names, local_names; /* model options */
    DERIVE_LIST(derive_composite) composites;
    bool is_view; /* then it has no table, no key and no relations */
    const char *of_name;
    derive_model *of;
    derive_names group_names; /* of a view: "shop_id", "customer.name", "day(sold_at)" */
    bool distinct;            /* all that it shows makes its groups */
    derive_columns groups;
};

typedef struct derive_header {
    const char *path; /* as given */
    const char *stem; /* "models" */
    const char *name; /* "models.h" */
} derive_header;

/* An identifier that the user's headers declare already. */
typedef struct derive_declared {
    const char *name;
    derive_location at;
} derive_declared;

/* A constant of an enum, for `default = CONSTANT`. */
typedef struct derive_constant {
    const char *name;
    int64_t value;
} derive_constant;

/* What is generated for a program to write: a call, or a macro that makes a value for one. */
typedef struct derive_function {
    const derive_model *model;
    const char *name, *arguments;
    const char *result;  /* of a call; NULL: it makes a value */
    const char *comment; /* NULL: none */
} derive_function;

typedef struct derive_schema {
    derive_memory *memory;
    derive_diagnostics *diagnostics;
    const char *name; /* "models" */
    DERIVE_LIST(derive_header) headers;
    DERIVE_LIST(const toasty_capability *) targets;
    toasty_capability can; /* what all targets can do; limits: the least */
    DERIVE_LIST(derive_model *) models;
    DERIVE_LIST(derive_model *) views;
    DERIVE_LIST(derive_model *) foreign; /* models of headers that were not given */
    DERIVE_LIST(derive_enum *) enums;
    DERIVE_LIST(derive_declared) declared;
    DERIVE_LIST(derive_constant) constants;
    DERIVE_LIST(const char *) dependencies; /* files that were read */
    DERIVE_LIST(derive_function) functions; /* as the emitters make them */
} derive_schema;

/* Lookups by name; NULL when there is none. */
derive_model *toasty__derive_find_model(const derive_schema *schema, const char *name);
/* Of two members' `newtype`. */
bool toasty__derive_same_newtype(const char *a, const char *b);
derive_column *toasty__derive_find_column(const derive_model *model, const char *name);
/* The name that was probably meant; NULL: none is like it. */
const char *toasty__derive_nearest_column(derive_memory *memory, const derive_model *model, const char *name);
derive_relation *toasty__derive_find_relation(const derive_model *model, const char *name, size_t length);
/* Models first, then views. NULL after the last. */
derive_model *toasty__derive_struct_at(const derive_schema *schema, size_t number);
bool toasty__derive_has_column(const derive_columns *columns, const derive_column *column);
/* The index that starts with these columns in this order (exact: and has no more), or NULL. */
derive_index *toasty__derive_index_over(const derive_model *model, const derive_columns *columns, bool exact);

#endif
