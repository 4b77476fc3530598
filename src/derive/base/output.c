/* Output files: see output.h. */
#include "derive/base/output.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *what, const char *path)
{
    fprintf(stderr, "toasty: error: cannot %s %s: %s\n", what, path, strerror(errno));
    return -1;
}

static bool has_contents(const char *path, const char *contents, size_t length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t at = 0, got;
    char block[4096];
    bool same = true;
    while (same && (got = fread(block, 1, sizeof block, file)) > 0) {
        same = got <= length - at && memcmp(block, contents + at, got) == 0;
        at += got;
    }
    same = same && at == length && !ferror(file);
    fclose(file);
    return same;
}

int toasty__derive_write(const char *path, const char *contents, size_t length)
{
    if (has_contents(path, contents, length))
        return 0;
    toasty__buffer name;
    toasty__buffer_init(&name);
    toasty__buffer_printf(&name, "%s.%ld.tmp", path, (long)getpid());
    int result = -1;
    FILE *file = name.failed ? NULL : fopen(name.bytes, "wb");
    if (file) {
        bool written = fwrite(contents, 1, length, file) == length;
        written &= fclose(file) == 0;
        if (written && rename(name.bytes, path) == 0)
            result = 0;
    }
    if (result < 0) {
        complain("write", path);
        if (file)
            remove(name.bytes);
    }
    toasty__buffer_done(&name);
    return result;
}

int toasty__derive_make_folder(const char *path)
{
    char *copy = toasty__strdup(path);
    if (!copy)
        return complain("make the folder", path);
    int result = 0;
    for (char *at = copy + 1; result == 0; at++) {
        if (*at != '/' && *at != '\0')
            continue;
        char kept = *at;
        *at = '\0';
        if (mkdir(copy, 0777) < 0 && errno != EEXIST)
            result = complain("make the folder", copy);
        *at = kept;
        if (kept == '\0')
            break;
    }
    toasty__free(copy);
    return result;
}

bool toasty__derive_lies_elsewhere(const char *path, const char *folder)
{
    struct stat file, own;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    toasty__buffer expected;
    toasty__buffer_init(&expected);
    toasty__buffer_printf(&expected, "%s/%s", folder, name);
    bool is_own = !expected.failed && stat(expected.bytes, &own) == 0;
    bool exists = stat(path, &file) == 0;
    toasty__buffer_done(&expected);
    return exists && !(is_own && own.st_dev == file.st_dev && own.st_ino == file.st_ino);
}
