/* `toasty derive`: any words of annotations are generated code that compiles, or an error that says
 * something.
 *
 * An input is not C but the lines of a header of models, so that most inputs get as far as the words: the
 * first byte of a line says what it declares, a name may follow up to a ':', and the rest are the words. The
 * first line's first byte chooses the targets. */
#include "derive/derive.h"
#include "base/buffer.h"

#include <clang-c/Index.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
const char *__lsan_default_suppressions(void);

/* libclang keeps what it likes. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libclang\nleak:libLLVM\n";
}

/* --- one folder for all inputs --- */

static char folder[512], header_path[600], declared_path[600], code_path[600], precompiled_path[600];
static const struct {
    const char *name;
    char *path;
} files[] = {{"models.h", header_path},
             {"models.toasty.h", declared_path},
             {"models.toasty.c", code_path},
             {"codegen.pch", precompiled_path}};
static FILE *ours; /* the standard error of before */

static void remove_folder(void)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i].path);
    rmdir(folder);
}

/* --- from lines to a header --- */

typedef struct maker {
    toasty__buffer models, labels;
    int fields, models_made;
    bool open; /* a model has begun */
} maker;

typedef struct piece {
    const char *start, *end;
} piece;

/* Words that C accepts where they stand: brackets and quotes come in pairs. */
static void add_words(toasty__buffer *out, piece words)
{
    int open = 0;
    bool quoted = false;
    for (const char *c = words.start; c < words.end; c++) {
        char byte = *c;
        bool escaped = quoted && byte == '\\' && c + 1 < words.end;
        if (escaped)
            toasty__buffer_char(out, *c++);
        quoted ^= !escaped && byte == '"';
        open += !quoted && byte == '(';
        open -= !quoted && byte == ')';
        if (open < 0 || !*c || iscntrl((unsigned char)*c) || (!quoted && strchr("\\'#{};", byte)))
            byte = ' ';
        open = open < 0 ? 0 : open;
        toasty__buffer_char(out, escaped && byte != ' ' ? *c : byte);
    }
    toasty__buffer_text(out, quoted ? "\"" : "");
    while (open-- > 0)
        toasty__buffer_char(out, ')');
}

/* The name before the ':', as an identifier that is no word of C; or a number. What is left of the line are
 * the words. */
static void add_name(toasty__buffer *out, piece *line, int number)
{
    const char *colon = memchr(line->start, ':', (size_t)(line->end - line->start));
    if (!colon) {
        toasty__buffer_printf(out, "z%d", number);
        return;
    }
    toasty__buffer_char(out, 'z');
    for (const char *c = line->start; c < colon; c++)
        toasty__buffer_char(out, isalnum((unsigned char)*c) ? *c : '_');
    line->start = colon + 1;
}

static void begin_model(maker *m, piece words)
{
    if (m->open)
        toasty__buffer_text(&m->models, "};\n");
    toasty__buffer_printf(&m->models, "toasty_model(M%d, ", m->models_made++);
    add_words(&m->models, words);
    toasty__buffer_text(&m->models, ") {\n");
    m->open = true;
}

static void add_comment(maker *m, piece text)
{
    toasty__buffer_text(&m->models, "/* ");
    for (const char *c = text.start; c < text.end; c++)
        toasty__buffer_char(&m->models, *c == '/' || !*c ? ' ' : *c);
    toasty__buffer_text(&m->models, " */\n");
}

static void add_label(maker *m, piece words)
{
    toasty__buffer_printf(&m->labels, "    MOOD_%d toasty(", m->fields++);
    add_words(&m->labels, words);
    toasty__buffer_text(&m->labels, "),\n");
}

/* `type` has the name's place as a '@'. */
static void add_field(maker *m, const char *type, piece line)
{
    toasty__buffer name;
    toasty__buffer_init(&name);
    add_name(&name, &line, m->fields++);
    if (!m->open)
        begin_model(m, (piece){"", ""});
    toasty__buffer_text(&m->models, "    toasty(");
    add_words(&m->models, line);
    toasty__buffer_text(&m->models, ") ");
    for (; *type; type++)
        if (*type == '@')
            toasty__buffer_text(&m->models, name.bytes);
        else
            toasty__buffer_char(&m->models, *type);
    toasty__buffer_text(&m->models, ";\n");
    toasty__buffer_done(&name);
}

static void add_relation(maker *m, const char *kind, piece line)
{
    unsigned target = line.start < line.end ? (unsigned char)*line.start++ % 4 : 0;
    if (!m->open)
        begin_model(m, (piece){"", ""});
    toasty__buffer_printf(&m->models, "    toasty_%s(M%u, ", kind, target);
    add_name(&m->models, &line, m->fields++);
    toasty__buffer_text(&m->models, ", ");
    add_words(&m->models, line);
    toasty__buffer_text(&m->models, ");\n");
}

static const struct {
    char first;
    const char *type;
} types[] = {
    {'i', "uint64_t @"},
    {'n', "int32_t @"},
    {'y', "int8_t @"},
    {'w', "uint16_t @"},
    {'t', "const char *@"},
    {'o', "toasty_opt(int32_t) @"},
    {'e', "Mood @"},
    {'E', "toasty_opt(Mood) @"},
    {'u', "toasty_uuid @"},
    {'U', "toasty_opt(toasty_uuid) @"},
    {'s', "toasty_timestamp @"},
    {'S', "toasty_date @"},
    {'b', "toasty_bytes @"},
    {'f', "double @"},
    {'F', "bool @"},
    {'a', "Address @"},
    {'A', "toasty_opt(Address) @"},
    {'x', "char @[4]"},
    {'v', "toasty_vec(int32_t) @"},
    {'k', "Key @"},
};

static void add_line(maker *m, piece line)
{
    char first = line.start < line.end ? *line.start++ : ' ';
    switch (first) {
    case 'm':
        begin_model(m, line);
        return;
    case 'c':
        add_comment(m, line);
        return;
    case 'l':
        add_label(m, line);
        return;
    case 'h':
        add_relation(m, "has_many", line);
        return;
    case 'g':
        add_relation(m, "has_one", line);
        return;
    case 'r':
        add_relation(m, "belongs_to", line);
        return;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].first == first)
            add_field(m, types[i].type, line);
}

static void write_header(piece input)
{
    maker m = {.fields = 0};
    toasty__buffer_init(&m.models);
    toasty__buffer_init(&m.labels);
    while (input.start < input.end) {
        const char *end = memchr(input.start, '\n', (size_t)(input.end - input.start));
        add_line(&m, (piece){input.start, end ? end : input.end});
        input.start = end ? end + 1 : input.end;
    }
    if (m.open)
        toasty__buffer_text(&m.models, "};\n");
    FILE *file = fopen(header_path, "w");
    if (!file || m.models.failed || m.labels.failed)
        abort();
    fprintf(file,
            "#pragma once\n#include <toasty/model.h>\ntypedef uint32_t Key;\ntypedef enum {\n%s    "
            "MOOD_CALM,\n} Mood;\n"
            "typedef struct { const char *street; toasty_opt(double) height; } Address;\n%s",
            m.labels.length ? m.labels.bytes : "", m.models.length ? m.models.bytes : "");
    fclose(file);
    toasty__buffer_done(&m.models);
    toasty__buffer_done(&m.labels);
}

/* --- what has to hold --- */

static void complain(const char *what, const char *detail)
{
    char line[1024];
    FILE *header = fopen(header_path, "r");
    fprintf(ours, "%s%s\n", what, detail);
    while (header && fgets(line, sizeof line, header))
        fputs(line, ours);
    abort();
}

static CXTranslationUnit parse(CXIndex index, const char *path, const char *const *arguments, int count)
{
    CXTranslationUnit unit = NULL;
    if (clang_parseTranslationUnit2(index, path, arguments, count, NULL, 0,
                                    CXTranslationUnit_ForSerialization, &unit) != CXError_Success)
        complain("libclang cannot read this, or a header of the library has changed meanwhile: ", path);
    for (unsigned i = 0; i < clang_getNumDiagnostics(unit); i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);
        CXString text = clang_formatDiagnostic(diagnostic, CXDiagnostic_DisplaySourceLocation);
        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error)
            complain("the generated code does not compile: ", clang_getCString(text));
        clang_disposeString(text);
        clang_disposeDiagnostic(diagnostic);
    }
    return unit;
}

#define AS_THE_USER "-xc", "-std=c11", "-w", INCLUDE

/* The library's headers are read once for all inputs. */
static void precompile(void)
{
    static const char *const arguments[] = {AS_THE_USER};
    CXIndex index = clang_createIndex(0, 0);
    CXTranslationUnit unit = parse(index, CODEGEN, arguments, sizeof arguments / sizeof *arguments);
    if (clang_saveTranslationUnit(unit, precompiled_path, 0) != CXSaveError_None)
        abort();
    clang_disposeTranslationUnit(unit);
    clang_disposeIndex(index);
}

static void check_compiles(void)
{
    static const char *const arguments[] = {AS_THE_USER, "-include-pch", precompiled_path};
    CXIndex index = clang_createIndex(0, 0);
    clang_disposeTranslationUnit(parse(index, code_path, arguments, sizeof arguments / sizeof *arguments));
    clang_disposeIndex(index);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    const char *root = getenv("TMPDIR");
    setenv("LIBCLANG_NOTHREADS", "1", 1);
    setenv("LIBCLANG_DISABLE_CRASH_RECOVERY", "1", 1);
    snprintf(folder, sizeof folder, "%s/fuzz-derive.XXXXXX", root ? root : P_tmpdir);
    if (!mkdtemp(folder))
        abort();
    atexit(remove_folder);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        snprintf(files[i].path, sizeof header_path, "%s/%s", folder, files[i].name);
    ours = stderr;
    precompile();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char *const all[] = {"sqlite", "postgresql", "keyvalue", "sqlite"};
    static const char *const arguments[] = {INCLUDE};
    const char *text = (const char *)bytes, *headers[] = {header_path};
    if (!length || length > 4000)
        return 0;
    unsigned choice = bytes[0] % 4u;
    derive_options options = {.targets = &all[choice == 3 ? 0 : choice],
                              .target_count = choice == 3 ? 3 : 1,
                              .output = folder,
                              .headers = headers,
                              .header_count = 1,
                              .arguments = arguments,
                              .argument_count = 1};
    write_header((piece){text + 1, text + length});
    char *said = NULL;
    size_t said_length = 0;
    stderr = open_memstream(&said, &said_length);
    int result = toasty__derive(&options);
    fclose(stderr);
    stderr = ours;
    if (result == 0 && said_length)
        complain("what was generated was complained of: ", said);
    if (result != 0 && !said_length)
        complain("nothing was generated, and nothing said", "");
    if (result == 0)
        check_compiles();
    free(said);
    return 0;
}
