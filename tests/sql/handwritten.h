/* Models as `toasty derive` would describe them, written by hand for tests of the layers below it.
 *
 * Person and Task are related, in both directions and Person to itself; Sample has one column of each type,
 * each of which may be NULL; Odd has names that need quoting. */
#ifndef TESTS_SQL_HANDWRITTEN_H
#define TESTS_SQL_HANDWRITTEN_H

#include <toasty/schema.h>

typedef enum { MOOD_LOW, MOOD_HIGH = 5 } Mood;

typedef struct Person {
    uint64_t id;
    const char *name;
    const char *email;
    struct {
        bool set;
        int32_t value;
    } age;
    Mood mood;
    struct {
        bool set;
        uint64_t value;
    } boss_id;
} Person;

typedef struct Task {
    toasty_uuid id;
    uint64_t person_id;
    const char *title;
} Task;

#define OPTIONAL(type)                                                                                       \
    struct {                                                                                                 \
        bool set;                                                                                            \
        type value;                                                                                          \
    }

typedef struct Sample {
    int64_t id;
#define SAMPLE_MEMBER(NAME, c_type, name, CLASS) OPTIONAL(c_type) NAME;
    TOASTY_TYPES(SAMPLE_MEMBER)
#undef SAMPLE_MEMBER
} Sample;

static const int64_t mood_values[] = {MOOD_LOW, MOOD_HIGH};
static const char *const mood_labels[] = {"low", "it's high"};
static const toasty_enum mood = {
    .name = "mood", .labels = mood_labels, .values = mood_values, .count = 2, .size = sizeof(Mood)};

#define FIELD(model, member, TYPE, ...)                                                                      \
    {                                                                                                        \
        .name = #member, .column = #member, .type = TOASTY_TYPE_##TYPE, .embed = TOASTY_NO_EMBED,            \
        .offset = offsetof(model, member), .set_offset = TOASTY_NO_OFFSET, __VA_ARGS__                       \
    }
#define OPTIONAL_FIELD(model, member, TYPE, ...)                                                             \
    {                                                                                                        \
        .name = #member, .column = #member, .type = TOASTY_TYPE_##TYPE, .embed = TOASTY_NO_EMBED,            \
        .offset = offsetof(model, member.value), .set_offset = offsetof(model, member.set), __VA_ARGS__      \
    }

enum { PERSON_ID, PERSON_NAME, PERSON_EMAIL, PERSON_AGE, PERSON_MOOD, PERSON_BOSS_ID, PERSON_FIELDS };
static const toasty_field person_fields[] = {
    FIELD(Person, id, U64, .flags = TOASTY_FIELD_KEY, .on_create = TOASTY_SOURCE_SEQUENCE),
    FIELD(Person, name, TEXT, .flags = 0),
    FIELD(Person, email, TEXT, .flags = 0),
    OPTIONAL_FIELD(Person, age, I32, .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN),
    FIELD(Person, mood, ENUM, .labels = &mood),
    OPTIONAL_FIELD(Person, boss_id, U64,
                   .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN | TOASTY_FIELD_REFERENCE),
};

enum { TASK_ID, TASK_PERSON_ID, TASK_TITLE, TASK_FIELDS };
static const toasty_field task_fields[] = {
    FIELD(Task, id, UUID, .flags = TOASTY_FIELD_KEY),
    FIELD(Task, person_id, U64, .flags = TOASTY_FIELD_REFERENCE),
    FIELD(Task, title, TEXT, .flags = 0),
};

static const toasty_field sample_fields[] = {FIELD(Sample, id, I64, .flags = TOASTY_FIELD_KEY),
#define SAMPLE_FIELD(NAME, c_type, name, CLASS)                                                              \
    OPTIONAL_FIELD(Sample, NAME, NAME, .labels = TOASTY_TYPE_##NAME == TOASTY_TYPE_ENUM ? &mood : NULL,      \
                   .flags = TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN),
                                             TOASTY_TYPES(SAMPLE_FIELD)
#undef SAMPLE_FIELD
};
/* The column of a type. */
#define SAMPLE_OF(TYPE) (1 + TOASTY_TYPE_##TYPE)
enum { SAMPLE_FIELDS = 1 + TOASTY_TYPE_COUNT };

static const uint16_t first_field[] = {0}, person_email[] = {PERSON_EMAIL},
                      person_age_name[] = {PERSON_AGE, PERSON_NAME}, person_boss[] = {PERSON_BOSS_ID},
                      task_person[] = {TASK_PERSON_ID};

static const toasty_index person_indexes[] = {
    {.name = "persons_pkey", .fields = first_field, .field_count = 1, .primary = true, .unique = true},
    {.name = "persons_email_key", .fields = person_email, .field_count = 1, .unique = true},
    {.name = "persons_age_name_idx", .fields = person_age_name, .field_count = 2},
};
static const toasty_index task_indexes[] = {
    {.name = "tasks_pkey", .fields = first_field, .field_count = 1, .primary = true, .unique = true},
    {.name = "tasks_person_id_idx", .fields = task_person, .field_count = 1},
};
static const toasty_index sample_indexes[] = {
    {.name = "samples_pkey", .fields = first_field, .field_count = 1, .primary = true, .unique = true},
};

static const toasty_model person_model, task_model;
static const toasty_relation person_relations[2], task_relations[1];
static const toasty_relation person_relations[2] = {
    {.name = "boss",
     .target = &person_model,
     .own_fields = person_boss,
     .their_fields = first_field,
     .field_count = 1,
     .kind = TOASTY_BELONGS_TO,
     .on_delete = TOASTY_ON_DELETE_SET_NULL,
     .constraint = "persons_boss_id_fkey"},
    {.name = "tasks",
     .target = &task_model,
     .own_fields = first_field,
     .their_fields = task_person,
     .field_count = 1,
     .kind = TOASTY_HAS_MANY,
     .pair = &task_relations[0],
     .on_delete = TOASTY_ON_DELETE_RESTRICT},
};
static const toasty_relation task_relations[1] = {
    {.name = "person",
     .target = &person_model,
     .own_fields = task_person,
     .their_fields = first_field,
     .field_count = 1,
     .kind = TOASTY_BELONGS_TO,
     .on_delete = TOASTY_ON_DELETE_RESTRICT,
     .required = true,
     .constraint = "tasks_person_id_fkey"},
};

#define MODEL(Type, lower, plural, number)                                                                   \
    .name = #Type, .table = #plural, .fields = lower##_fields,                                               \
    .field_count = sizeof(lower##_fields) / sizeof(toasty_field), .indexes = lower##_indexes,                \
    .index_count = sizeof(lower##_indexes) / sizeof(toasty_index), .ordinal = number, .size = sizeof(Type)

static const toasty_model person_model = {MODEL(Person, person, persons, 0), .relations = person_relations,
                                          .relation_count = 2};
static const toasty_model task_model = {MODEL(Task, task, tasks, 1), .relations = task_relations,
                                        .relation_count = 1};
static const toasty_model sample_model = {MODEL(Sample, sample, samples, 2)};

static const toasty_model *const handwritten_models[] = {&person_model, &task_model, &sample_model};
static const toasty_schema handwritten_schema = {
    .abi = TOASTY_ABI, .name = "handwritten", .models = handwritten_models, .model_count = 3};

#endif
