/* Reading and writing one field of a record (or of a …New) as a value, embedded structs and `.set` flags
 * included.
 *
 * For fields that came from a database, decode.h is the way; this is for the records that the library fills
 * or changes itself. Text and bytes are borrowed: whoever puts them sees to it that they live as long as the
 * record. */
#ifndef TOASTY_CORE_ACCESS_H
#define TOASTY_CORE_ACCESS_H

#include <toasty/schema.h>

/* A field by its number. Behind those of a view come those of its model. */
static inline uint32_t toasty__field_count(const toasty_model *model)
{
    return model->field_count + (model->view ? model->view->of->field_count : 0u);
}
static inline const toasty_field *toasty__field_at(const toasty_model *model, uint16_t field)
{
    return field < model->field_count ? &model->fields[field]
                                      : &model->view->of->fields[field - model->field_count];
}
/* The model whose table is read. */
static inline const toasty_model *toasty__model_of(const toasty_model *model)
{
    return model->view ? model->view->of : model;
}

/* The value of a field; NULL when it, or an optional struct that it sits in, is not set. */
toasty_value toasty__get(const toasty_model *model, const void *record, const toasty_field *field);
/* The same from a …New. Fields that a …New does not have (auto) are NULL. */
toasty_value toasty__get_new(const toasty_model *model, const void *row, const toasty_field *field);
/* Writes a value of the field's type, or NULL; sets and clears `.set` of the field and of the optional
 * structs around it. */
void toasty__put(const toasty_model *model, void *record, const toasty_field *field,
                 const toasty_value *value);
/* The same into a …New, which has the field. */
void toasty__put_new(const toasty_model *model, void *row, const toasty_field *field,
                     const toasty_value *value);
/* sizeof the field's C type. */
size_t toasty__field_size(const toasty_field *field);

/* The field that the database counts up, or NULL. */
const toasty_field *toasty__sequence_field(const toasty_model *model);

#endif
