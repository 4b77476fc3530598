/* The emitters: from a checked schema to a pair of files a header.
 *
 * One pass writes both texts: the header gets a macro and a prototype, the source the function behind them,
 * so the two cannot disagree. What the declared targets cannot do is decided here and nowhere else. All text
 * is a function of the schema alone. */
#ifndef TOASTY_DERIVE_EMIT_H
#define TOASTY_DERIVE_EMIT_H

#include "base/buffer.h"
#include "derive/emit/template.h"
#include "derive/model/check.h"
#include "derive/model/model.h"

/* The pair of files of one header, while it is written. */
typedef struct derive_emitter {
    derive_schema *schema;
    derive_memory *memory;
    size_t header; /* whose models these are */
    toasty__buffer h, c;
    const derive_scope *scope;     /* variables of the templates */
    derive_location at;            /* what the next functions are made from */
    const char *origin;            /* the same in words */
    derive_generated_names *names; /* of all pairs of files */
} derive_emitter;

/* A plain function. All texts are templates; NULL: none. */
typedef struct derive_function {
    const char *comment; /* one line; stands behind the prototype */
    const char *result;  /* with the space or star that separates it from the name: "User *" */
    const char *name;
    const char *parameters; /* "void" when there are none */
    const char *attributes; /* "nonnull", "warn_unused_result, nonnull(1)" */
    const char *body;       /* statements, each line indented */
} derive_function;

/* A macro of one line; what it expands to is an expression. All texts are templates. */
typedef struct derive_macro {
    const char *comment; /* behind it; NULL: none */
    const char *name;
    const char *parameters; /* "value_", "..." */
    const char *expression;
} derive_macro;

typedef struct derive_argument {
    const char *type; /* with what separates it from the name: "const char *" */
    const char *name;
} derive_argument;

typedef enum derive_gives {
    DERIVE_GIVES_RECORD, /* User * */
    DERIVE_GIVES_LIST,   /* UserList * */
    DERIVE_GIVES_PAGE,   /* UserPage * */
    DERIVE_GIVES_COUNT,  /* int64_t */
    DERIVE_GIVES_CHECK,  /* int64_t that nobody may ignore */
    DERIVE_GIVES_STATUS  /* int */
} derive_gives;

/* What follows the fixed arguments of a call. */
typedef enum derive_trailing {
    DERIVE_NOTHING,
    DERIVE_OPTIONS, /* members of the struct `options`: .where = …, .limit = 3 */
    DERIVE_ARRAY    /* items of an array of `options`, ended by `sentinel` */
} derive_trailing;

/* A call that goes to the database: a macro that makes a request and runs it, or keeps it as an operation.
 * Texts are templates. */
typedef struct derive_call {
    const char *comment; /* what it gives and what to branch on */
    derive_gives gives;
    const char *Of, *of; /* the model of the result and its prefix; NULL: ${Model}, ${model} */
    const char *name;    /* "${model}_get_by_email" */
    derive_argument arguments[DERIVE_MAX_KEYS]; /* between the handle and the options */
    size_t argument_count;
    derive_trailing trailing;
    const char *options; /* "${Model}Find", "${model}_change" */
    const char *sentinel;
    const char *kind;    /* "GET" */
    const char *members; /* of the request: its arguments are ${arg0}, ${arg1}, …, what follows is ${rest} */
    bool operation;      /* also `…_op(&out, …)` */
} derive_call;

void toasty__emit_h(derive_emitter *e, const char *text);
void toasty__emit_c(derive_emitter *e, const char *text);
void toasty__emit_function(derive_emitter *e, const derive_function *function);
void toasty__emit_macro(derive_emitter *e, const derive_macro *macro);
void toasty__emit_call(derive_emitter *e, const derive_call *call);
/* Notes an identifier that is generated, so that collisions are found. A template. */
void toasty__emit_name(derive_emitter *e, const char *name);
/* Text without templates, printf. */
void toasty__emit_h_format(derive_emitter *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
void toasty__emit_c_format(derive_emitter *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "uint64_t ", "const char *": a type before a name. */
const char *toasty__emit_before_name(derive_memory *memory, const char *c_type);
/* The expression that makes a toasty_value of `argument`, whose type it checks:
 * "toasty__int((int32_t){value_})". may_be_null: of a text. */
const char *toasty__emit_value(derive_memory *memory, const derive_member *member, const char *argument,
                               bool may_be_null);

/* Has a field of this kind an order that is worth a range? */
bool toasty__emit_has_range(const derive_member *member);

/* "U64" of TOASTY_TYPE_U64. */
const char *toasty__emit_type_name(toasty_type type);

/* The fields of a key or the start of an index, as a call takes them. */
typedef struct derive_keys {
    const char *name;   /* "tenant_id_and_number" */
    const char *by;     /* members of the request that say which rows */
    const char *values; /* ", toasty__text(${arg0})": their values, from the arguments of the call */
    derive_argument arguments[DERIVE_MAX_KEYS];
    size_t argument_count;
} derive_keys;
derive_keys toasty__emit_keys(derive_emitter *e, const derive_index *index, size_t count);

/* The parts of a pair of files, each of one model; in the order of the header. */
void toasty__emit_types(derive_emitter *e, const derive_model *model);
void toasty__emit_fields(derive_emitter *e, const derive_model *model);
/* Orders by the fields of what a belongs_to refers to. */
void toasty__emit_orders_through(derive_emitter *e, const derive_relation *belongs_to);
void toasty__emit_reads(derive_emitter *e, const derive_model *model);
void toasty__emit_writes(derive_emitter *e, const derive_model *model);
void toasty__emit_relations(derive_emitter *e, const derive_model *model);
void toasty__emit_owners(derive_emitter *e, const derive_model *model);
/* Constant tables and the checks that the header is still the one they were made from; in the source. */
void toasty__emit_tables(derive_emitter *e, const derive_model *model);
void toasty__emit_schema(derive_emitter *e);

/* Writes the texts of the pair of header number `header`. The caller frees the buffers; `names` collects what
 * was generated. */
void toasty__derive_emit(derive_schema *schema, size_t header, derive_generated_names *names,
                         toasty__buffer *h, toasty__buffer *c);

#endif
