/* Annotations: what a header of models includes.
 *
 * For the compiler each macro is a plain declaration; `toasty derive` reads the same words as annotations.
 * The header stays C that any compiler accepts, and the structs are the records that every call returns.
 *
 *     toasty_model(User) {
 *         toasty(key, auto)    uint64_t     id;
 *                              const char  *name;
 *         toasty(unique)       const char  *email;
 *         toasty_opt(int32_t)               age;
 *         toasty_has_many(Todo, todos);
 *     };
 */
#ifndef TOASTY_MODEL_H
#define TOASTY_MODEL_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <toasty/types.h>

#ifdef TOASTY_DERIVE
#define TOASTY__ANNOTATE(...) __attribute__((annotate("toasty:" #__VA_ARGS__)))
#else
#define TOASTY__ANNOTATE(...)
#endif

/* toasty(word, word = value, …) before a field. The words: `toasty derive --help-annotations`. */
#define toasty(...) TOASTY__ANNOTATE(field, __VA_ARGS__)

/* toasty_model(Name) { … };  or  toasty_model(Name, table = "names", …) { … }; */
#define toasty_model(...) TOASTY__MODEL(__VA_ARGS__, )
#define TOASTY__MODEL(name, ...)                                                                             \
    typedef struct name name;                                                                                \
    struct TOASTY__ANNOTATE(model, name, __VA_ARGS__) name

/* A value that may be absent: `.set` says whether it is there, `.value` is the value (zero when absent). In
 * an initialiser: toasty_some(42), toasty_some({ .street = "1 Main St" }); absent is {0} or leaving the field
 * out. */
#define toasty_opt(type)                                                                                     \
    TOASTY__ANNOTATE(opt) struct {                                                                           \
        bool set;                                                                                            \
        type value;                                                                                          \
    }
#define toasty_some(...)                                                                                     \
    {                                                                                                        \
        .set = true, .value = __VA_ARGS__                                                                    \
    }

/* The same behind the declaration: toasty_assign(row.age, 42). It is absent again by row.age.set = false. */
#define toasty_assign(member, ...) ((member) = (__typeof__(member)){.set = true, .value = __VA_ARGS__})

/* toasty_newtype(UserId, uint64_t); outside of models: a type of its own for one column, which no other
 * type's values reach by mistake. `.value` is the value; one is made by (UserId){7}. It can be whatever its
 * type can be: key, unique, reference, `auto`. */
#define toasty_newtype(name, type)                                                                           \
    typedef struct TOASTY__ANNOTATE(newtype, name) name {                                                    \
        type value;                                                                                          \
    } name

/* Relations. Loaded by an include (`user_with_todos()`) or by the call that created them; `…_loaded` or
 * `.loaded` says whether it is. Options: key = field, references = field, pair = relation; on_delete =
 * restrict (belongs_to); via = todos.category (has_many); eager: each read of the model includes it, unless
 * the call says `.no_eager = true`. */
#define toasty_has_many(...) TOASTY__HAS_MANY(__VA_ARGS__, )
#define TOASTY__HAS_MANY(model, name, ...)                                                                   \
    TOASTY__ANNOTATE(has_many, model, name, __VA_ARGS__) struct {                                            \
        struct model *items;                                                                                 \
        size_t len;                                                                                          \
        bool loaded;                                                                                         \
    } name
#define toasty_has_one(...) TOASTY__TO_ONE(has_one, __VA_ARGS__, )
#define toasty_belongs_to(...) TOASTY__TO_ONE(belongs_to, __VA_ARGS__, )
#define TOASTY__TO_ONE(kind, model, name, ...)                                                               \
    TOASTY__ANNOTATE(kind, model, name, __VA_ARGS__) struct model *name;                                     \
    bool name##_loaded

/* What a query shows: toasty_view(UserCard, of = User) { … }, each member a field, or what its word says of
 * one. Options: of = Model, group_by = (field, …), distinct. */
#define toasty_view(...) TOASTY__VIEW(__VA_ARGS__, )
#define TOASTY__VIEW(name, ...)                                                                              \
    typedef struct name name;                                                                                \
    struct TOASTY__ANNOTATE(view, name, __VA_ARGS__) name

/* Known to `toasty derive`, which says that they are not supported yet. */
#define toasty_vec(type)                                                                                     \
    TOASTY__ANNOTATE(vec) struct {                                                                           \
        type const *items;                                                                                   \
        size_t len;                                                                                          \
    }
#define toasty_deferred(type)                                                                                \
    TOASTY__ANNOTATE(deferred) struct {                                                                      \
        type value;                                                                                          \
        bool loaded;                                                                                         \
    }

#endif
