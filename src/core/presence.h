/* Is there what surrounds a field? A field of an optional embedded struct has a value only when that struct
 * is set, and those around it.
 *
 * Everybody who reads or writes fields asks here, for records and for …New: nobody else knows how a struct
 * says that it is there. */
#ifndef TOASTY_CORE_PRESENCE_H
#define TOASTY_CORE_PRESENCE_H

#include <toasty/schema.h>

/* The two structs of a model that its fields stand in. */
typedef enum toasty__layout { TOASTY__IN_RECORD, TOASTY__IN_NEW } toasty__layout;

static inline uint32_t toasty__set_offset_of(const toasty_embed *embed, toasty__layout layout)
{
    return layout == TOASTY__IN_NEW ? embed->new_set_offset : embed->set_offset;
}

/* Are an optional struct and those around it set? start: of a struct, or of a part of it that begins `base`
 * bytes behind its start; what lies before the part counts as set. */
static inline bool toasty__part_is_there(const toasty_model *model, uint16_t embed, toasty__layout layout,
                                         const void *start, uint32_t base)
{
    for (; embed != TOASTY_NO_EMBED; embed = model->embeds[embed].parent) {
        uint32_t set = toasty__set_offset_of(&model->embeds[embed], layout);
        if (set >= base && !*((const bool *)start + (set - base)))
            return false;
    }
    return true;
}

/* Is all that surrounds a field set? */
static inline bool toasty__is_there(const toasty_model *model, const toasty_field *field,
                                    toasty__layout layout, const void *start)
{
    return toasty__part_is_there(model, field->embed, layout, start, 0);
}

/* The same of one optional struct, whatever is around it. */
static inline bool toasty__is_marked(const toasty_embed *embed, toasty__layout layout, const void *start)
{
    return *((const bool *)start + toasty__set_offset_of(embed, layout));
}

static inline void toasty__mark(const toasty_embed *embed, toasty__layout layout, void *start, bool is_there)
{
    *((bool *)start + toasty__set_offset_of(embed, layout)) = is_there;
}

/* A field of a record has a value: so have the optional structs around it. */
static inline void toasty__mark_set(const toasty_model *model, void *record, const toasty_field *field)
{
    if (field->set_offset != TOASTY_NO_OFFSET)
        *((bool *)record + field->set_offset) = true;
    for (uint16_t embed = field->embed; embed != TOASTY_NO_EMBED; embed = model->embeds[embed].parent)
        toasty__mark(&model->embeds[embed], TOASTY__IN_RECORD, record, true);
}

/* The other way. A required part of an optional struct is only absent together with that struct. */
static inline void toasty__mark_absent(const toasty_model *model, void *record, const toasty_field *field)
{
    if (field->set_offset != TOASTY_NO_OFFSET)
        *((bool *)record + field->set_offset) = false;
    if (field->embed != TOASTY_NO_EMBED && !(field->flags & TOASTY_FIELD_NULLABLE))
        toasty__mark(&model->embeds[field->embed], TOASTY__IN_RECORD, record, false);
}

#endif
