/* What all emitters share: text in templates, macros, functions, calls and their twins, keys.
 *
 * One pass writes both files: the header gets types, macros and what they are made of, the source the
 * constant tables. What the declared targets cannot do is decided by the emitters and nowhere else. All text
 * is a function of the schema alone. */
#ifndef TOASTY_DERIVE_EMITTER_H
#define TOASTY_DERIVE_EMITTER_H

#include "base/buffer.h"
#include "derive/emit/template.h"
#include "derive/model/check.h"
#include "derive/model/model.h"

/* How wide a line of a generated header is, where the names in it allow. */
enum { DERIVE_WIDTH = 110 };

/* The calls of a model under one word of its table of contents. */
typedef struct derive_chapter {
    const char *title;
    const char *prefix; /* of the names, left out */
    derive_names calls;
} derive_chapter;

/* The pair of files of one header, while it is written. */
typedef struct derive_emitter {
    derive_schema *schema;
    derive_memory *memory;
    size_t header;             /* whose models these are */
    const derive_model *model; /* the one that is written */
    toasty__buffer h, c;
    /* Of the model that is written: what stands after its calls. */
    toasty__buffer twins, plumbing;
    derive_names plumbed; /* what is in the plumbing already */
    DERIVE_LIST(derive_chapter) chapters;
    const char *arguments;         /* of the call before, for the reader */
    const derive_scope *scope;     /* variables of the templates */
    derive_location at;            /* what the next functions are made from */
    const char *origin;            /* the same in words */
    derive_generated_names *names; /* of all pairs of files */
} derive_emitter;

/* A macro of one line; what it expands to is an expression. All texts are templates. */
typedef struct derive_macro {
    const char *comment; /* behind it, or before it; NULL: none */
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
    DERIVE_GIVES_STATUS  /* int */
} derive_gives;

/* What follows the fixed arguments of a call. */
typedef enum derive_trailing {
    DERIVE_NOTHING,
    DERIVE_OPTIONS,  /* members of the struct `options`: .where = …, .limit = 3 */
    DERIVE_ARRAY,    /* items of an array of `options` */
    DERIVE_ANY_ARRAY /* the same, or nothing */
} derive_trailing;

/* A call that goes to the database, and its twin `…_op(&out, …)` that keeps it to run later. Texts are
 * templates. */
typedef struct derive_call {
    const char *comment; /* what it gives and what to branch on */
    derive_gives gives;
    const char *Of;                             /* the model of the result; NULL: ${Model} */
    const char *name;                           /* "${model}_get_by_email" */
    derive_argument arguments[DERIVE_MAX_KEYS]; /* between the handle and the options */
    size_t argument_count;
    derive_trailing trailing;
    const char *options; /* "${Model}Find", "${model}_change" */
    /* The request: "TOASTY__QUERY(ALL, ${Model}, Find, ${args})". ${args}: the parameters of the macro. */

    const char *request;
    const char *expression; /* what the call is, where it does not run a request */
    const char *twin;       /* what the twin is; NULL: as most are */
} derive_call;

void toasty__emit_h(derive_emitter *e, const char *text);
void toasty__emit_c(derive_emitter *e, const char *text);
/* Appends text broken at its spaces; the first line has `used` columns before it, the others the indent. */
void toasty__emit_wrapped(toasty__buffer *out, size_t used, const char *indent, const char *text);
/* A comment of its own, broken into lines. A template. */
void toasty__emit_comment(derive_emitter *e, const char *text);
void toasty__emit_macro(derive_emitter *e, const derive_macro *macro);
void toasty__emit_call(derive_emitter *e, const derive_call *call);
/* A call that is a function, which TOASTY__TYPES makes, and its twin. Templates: the result with the space or
 * star that separates it from the name, the parameters, what the call does. twin: NULL: none. */
void toasty__emit_function(derive_emitter *e, const char *result, const char *name, const char *parameters,
                           const char *comment, const char *twin);
/* What comes now stands under this word in the table of contents of the model. The names begin with the
 * prefix, a template, where they are not it. */
void toasty__emit_chapter(derive_emitter *e, const char *title, const char *prefix);
/* Notes an identifier that is generated, so that collisions are found. A template. */
void toasty__emit_name(derive_emitter *e, const char *name);
/* The same of a type or of another name that is not called. */
void toasty__emit_type(derive_emitter *e, const char *name);
/* Text without templates, printf. */
void toasty__emit_h_format(derive_emitter *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
void toasty__emit_c_format(derive_emitter *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "uint64_t ", "const char *": a type before a name. */
const char *toasty__emit_before_name(derive_memory *memory, const char *c_type);
/* The macro or function that makes a toasty_value of a column's type and checks that: "TOASTY__I32"; of a
 * type with a name of its own it is made for the column: "Todo__of_priority". may_be_null: of a text. */
const char *toasty__emit_maker(derive_emitter *e, const derive_column *column, bool may_be_null);
/* The function that makes a list of them. */
const char *toasty__emit_list_maker(derive_emitter *e, const derive_column *column);

/* Has a field of this kind an order that is worth a range? */
bool toasty__emit_has_range(const derive_member *member);
bool toasty__emit_is_number(const derive_member *member);
/* Can a row be made or changed by all values of the index, on all targets? Not by a key that the database
 * counts up. */
bool toasty__emit_can_upsert(const derive_schema *schema, const derive_index *index);
/* …by one of the model's? */
bool toasty__emit_has_upserts(const derive_schema *schema, const derive_model *model);

/* "U64" of TOASTY_TYPE_U64. */
const char *toasty__emit_type_name(toasty_type type);

/* The options of an include of the relation, of its target: "Many". */
const char *toasty__emit_options_of_include(const derive_schema *schema, const derive_relation *relation);
/* Are there such options of a model: "Many"? */
bool toasty__emit_has_options(const derive_schema *schema, const derive_model *model, const char *options);

/* Do the options of reads have `no_eager`? In a schema with an eager relation all have. */
bool toasty__emit_has_no_eager(const derive_schema *schema);

/* Adds a macro to what the calls of the model are made of, once a name. Templates. */
void toasty__emit_plumbing(derive_emitter *e, const char *name, const char *parameters,
                           const char *expression);

/* The fields of a key or the start of an index, as a call takes them. */
typedef struct derive_keys {
    const char *name;  /* "tenant_id_and_number" */
    const char *taker; /* the macro ${Model}__by_<taker> takes the values: "1_2", two fields of index 1 */
    derive_argument arguments[DERIVE_MAX_KEYS];
    size_t argument_count;
} derive_keys;
derive_keys toasty__emit_keys(derive_emitter *e, const derive_index *index, size_t count);
/* With a range of the field after `count` of them: "ge", or "between", which has two values. */
derive_keys toasty__emit_range_keys(derive_emitter *e, const derive_index *index, size_t count,
                                    const char *range, bool two);

/* The parts of a pair of files, each of one model; in the order of the header. */
void toasty__emit_types(derive_emitter *e, const derive_model *model);
void toasty__emit_fields(derive_emitter *e, const derive_model *model);
/* Orders by the fields of what a belongs_to refers to. */
void toasty__emit_orders_through(derive_emitter *e, const derive_relation *belongs_to);
void toasty__emit_reads(derive_emitter *e, const derive_model *model);
void toasty__emit_writes(derive_emitter *e, const derive_model *model);
void toasty__emit_upserts(derive_emitter *e, const derive_model *model);
void toasty__emit_relations(derive_emitter *e, const derive_model *model);
void toasty__emit_owners(derive_emitter *e, const derive_model *model);
/* Constant tables and the checks that the header is still the one they were made from; in the source. */
void toasty__emit_tables(derive_emitter *e, const derive_model *model);
void toasty__emit_view_tables(derive_emitter *e, const derive_model *view);
/* The reads of a whole table: of a view all that it has. */
void toasty__emit_queries(derive_emitter *e, const derive_model *model);
/* All of a view. */
void toasty__emit_view(derive_emitter *e, const derive_model *view);
void toasty__emit_schema(derive_emitter *e);
/* The layouts of the options, which all models of the schema share. */
void toasty__emit_layouts(derive_emitter *e);

#endif
