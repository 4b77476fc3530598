/* The array behind a sink: begins with what the same question needed last, doubles when it is full, unless
 * the driver says how many rows will come. */
#include "engine/run/loaded.h"
#include "base/error.h"
#include "engine/run/run.h"
#include <string.h>

enum {
    FIRST_ROWS = 8,             /* where nothing is known */
    MOST_FIRST_BYTES = 8 << 20, /* an answer that is larger is met by doubling */
    MOST_ROOM = 1024,           /* what rows may take of the block itself */
    SLICE = 1024                /* bytes that are zeroed at once, shortly before they are filled */
};

/* The room that an array begins with: what the same question needed last. */
static size_t first_rows(const toasty__step *step)
{
    size_t usual = atomic_load_explicit(&step->usual_rows, memory_order_relaxed);
    return usual ? usual : FIRST_ROWS;
}

static void remember_rows(toasty__step *step, size_t rows, size_t stride)
{
    uint32_t known = (uint32_t)(rows * stride <= MOST_FIRST_BYTES ? rows : MOST_FIRST_BYTES / stride);
    if (atomic_load_explicit(&step->usual_rows, memory_order_relaxed) != known)
        atomic_store_explicit(&step->usual_rows, known, memory_order_relaxed);
}

static size_t rows_to(const toasty__loaded *loaded, const char *end)
{
    return loaded->rows ? (size_t)(end - loaded->rows) / loaded->sink.stride : 0;
}

/* A few rows lie in the block itself, beside what it has room for anyway. */
size_t toasty__loaded_room(const toasty__step *step)
{
    size_t bytes = first_rows(step) * step->model->size;
    return bytes <= MOST_ROOM ? bytes : 0;
}

/* Memory for rows: room of the block for the first few, a chunk of their own for more. */
static char *place_rows(toasty__loaded *loaded, size_t bytes)
{
    toasty__arena *arena = loaded->sink.arena;
    if (!loaded->rows && bytes <= MOST_ROOM && bytes <= toasty__arena_room(arena)) {
        loaded->in_room = true;
        return toasty__arena_alloc(arena, bytes);
    }
    char *rows = toasty__arena_array(arena, loaded->in_room ? NULL : loaded->rows, bytes);
    if (rows && loaded->in_room)
        memcpy(rows, loaded->rows, (size_t)(loaded->sink.end - loaded->rows));
    loaded->in_room = loaded->in_room && !rows;
    return rows;
}

static int resize(toasty__loaded *loaded, size_t capacity)
{
    toasty_sink *sink = &loaded->sink;
    size_t used = rows_to(loaded, sink->next), zeroed = rows_to(loaded, sink->end);
    if (capacity > SIZE_MAX / sink->stride)
        return -1;
    char *rows = place_rows(loaded, capacity * sink->stride);
    if (!rows)
        return -1;
    loaded->rows = rows;
    loaded->capacity = capacity;
    sink->next = rows + used * sink->stride;
    sink->end = rows + (zeroed < capacity ? zeroed : capacity) * sink->stride;
    return 0;
}

static void *array_row(toasty_sink *sink)
{
    toasty__loaded *loaded = (toasty__loaded *)sink;
    if (sink->next == sink->end) {
        size_t used = rows_to(loaded, sink->next), slice = SLICE / sink->stride + 1;
        if (used == loaded->capacity && resize(loaded, used ? used * 2 : first_rows(loaded->step)) < 0)
            return NULL;
        size_t more = loaded->capacity - used < slice ? loaded->capacity - used : slice;
        memset(sink->next, 0, more * sink->stride);
        sink->end = sink->next + more * sink->stride;
    }
    void *row = sink->next;
    sink->next += sink->stride;
    return row;
}

/* The first answer is taken at its word; when many answers follow, the array doubles. */
static void expect_rows(toasty_sink *sink, size_t rows)
{
    toasty__loaded *loaded = (toasty__loaded *)sink;
    size_t needed = rows_to(loaded, sink->next) + rows;
    if (needed > loaded->capacity) /* if it fails, array_row will find out */
        resize(loaded, needed > loaded->capacity * 2 ? needed : loaded->capacity * 2);
}

/* Member by member: what an initialiser leaves out would be zeroed twice. */
static inline void loaded_init(toasty__loaded *loaded, toasty__running *run, toasty__step *step)
{
    toasty_sink *sink = &loaded->sink;
    sink->row = array_row;
    sink->next = sink->end = NULL;
    sink->stride = step->model->size;
    sink->expect = expect_rows;
    sink->describe = NULL;
    sink->lacking = NULL;
    sink->model = step->table;
    sink->columns = step->columns;
    sink->column_count = step->column_count;
    sink->arena = run->block ? &run->block->arena : &run->execution->arena;
    loaded->run = run;
    loaded->step = step;
    loaded->rows = NULL;
    loaded->in_room = false;
    loaded->capacity = loaded->count = 0;
    loaded->gathered = NULL;
    loaded->keeping = NULL;
}

void toasty__loaded_init(toasty__loaded *loaded, toasty__running *run, toasty__step *step)
{
    loaded_init(loaded, run, step);
}

static __attribute__((noinline)) int new_array(toasty__running *run, toasty_error *err)
{
    uint16_t count = run->plan->step_count;
    run->loaded = toasty__arena_alloc(&run->execution->arena, count * sizeof(*run->loaded));
    if (!run->loaded)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < count; i++)
        loaded_init(&run->loaded[i], run, &run->plan->steps[i]);
    return 0;
}

int toasty__loaded_new(toasty__running *run, toasty_error *err)
{
    toasty__execution *execution = run->execution;
    if (run->plan->step_count > 1 || run != &execution->run)
        return new_array(run, err);
    run->loaded = &execution->loaded;
    loaded_init(run->loaded, run, run->plan->steps);
    return 0;
}

static void *further_row(toasty_sink *sink)
{
    ((toasty__loaded *)sink)->count++;
    return toasty__arena_calloc(sink->arena, 1, sink->stride);
}

void toasty__loaded_one(toasty__loaded *loaded, void *place, size_t size)
{
    loaded->rows = loaded->sink.next = place;
    loaded->sink.end = loaded->rows + size;
    loaded->sink.stride = size;
    loaded->sink.row = further_row;
    loaded->sink.expect = NULL;
}

void toasty__loaded_settle(toasty__loaded *loaded)
{
    if (loaded->sink.row == further_row) { /* no division where one row is the rule */
        loaded->count += loaded->sink.next != loaded->rows;
        return;
    }
    loaded->count = rows_to(loaded, loaded->sink.next);
    remember_rows(loaded->step, loaded->count, loaded->sink.stride);
    if (loaded->count < loaded->capacity && !loaded->in_room)
        resize(loaded, loaded->count ? loaded->count : 1); /* or the room stays */
}
