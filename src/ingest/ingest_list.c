/* input.files: patterns to paths, and the one file that two names mean. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest_parts.h"
#include "paraudit/base/array.h"
#include "paraudit/base/paths.h"
#include "paraudit/base/sort.h"
#include "paraudit/files/files.h"

/* Paths that match one pattern, added to `text`. A name without a pattern stands
 * for itself, so that the message about a missing file can name it. */
static pa_status add_matches(const char *pattern, const char *key, pa_buffer *text, pa_error *err)
{
    glob_t found = {0};
    int rc = glob(pattern, GLOB_NOSORT, NULL, &found);
    pa_status st = PA_OK;
    if (rc == GLOB_NOSPACE) {
        st = pa_fail(err, PA_E_MEMORY, "out of memory while looking for '%s'", pattern);
    } else if (rc != 0) {
        st = strpbrk(pattern, "*?[")
                 ? pa_fail(err, PA_E_NO_INPUT, "no file matches '%s' (%s)", pattern, key)
                 : pa_fail(err, PA_E_NO_INPUT, "%s: cannot open: %s (%s)", pattern,
                           strerror(ENOENT), key);
    }
    for (size_t i = 0; rc == 0 && st == PA_OK && i < found.gl_pathc; i++) {
        st = pa_buffer_add(text, found.gl_pathv[i], strlen(found.gl_pathv[i]) + 1, err);
    }
    globfree(&found);
    return st;
}

static pa_status add_all_matches(const char *patterns, const char *key, pa_buffer *text,
                                 pa_error *err)
{
    pa_buffer word = {0};
    pa_status st = PA_OK;
    for (size_t n; st == PA_OK && (n = pa_paths_next(&patterns)) > 0; patterns += n) {
        word.length = 0;
        st = pa_buffer_add(&word, patterns, n, err);
        if (st == PA_OK) st = pa_buffer_add(&word, "", 1, err);
        if (st == PA_OK) st = add_matches(word.data, key, text, err);
    }
    pa_buffer_free(&word);
    return st;
}

/* ---- order ---- */

/* A path as it was given, in full, and what tells its file from all others, however it is
 * spelt. */
typedef struct {
    const char *path;
    char *whole; /* owned */
    bool known;  /* it is there */
    bool empty;  /* a file of no bytes */
    dev_t device;
    ino_t number;
} input_name;

/* The folder counts last: moving the files elsewhere keeps their order. It counts
 * in full, so that every way to write it sorts alike. */
static int by_name(const void *a, const void *b, void *context)
{
    (void)context;
    const input_name *p = a, *q = b;
    int order = strcmp(pa_base_name(p->path), pa_base_name(q->path));
    if (order == 0) order = strcmp(p->whole, q->whole);
    return order ? order : strcmp(p->path, q->path);
}

/* The path with its folder as the system knows it, or as it is where that cannot be told. */
static pa_status find_whole(const char *path, char **whole, pa_error *err)
{
    const char *base = pa_base_name(path);
    pa_buffer text = {0};
    PA_TRY(base == path ? pa_buffer_printf(&text, err, ".")
                        : pa_buffer_printf(&text, err, "%.*s", (int)(base - path), path));
    char *folder = realpath(text.data, NULL);
    text.length = 0;
    pa_status st = folder ? pa_buffer_printf(&text, err, "%s/%s", folder, base)
                          : pa_buffer_printf(&text, err, "%s", path);
    free(folder);
    *whole = text.data;
    return st;
}

static pa_status identify(const char *path, input_name *name, pa_error *err)
{
    struct stat about;
    name->path = path;
    if (stat(path, &about) == 0) {
        name->known = true;
        name->device = about.st_dev;
        name->number = about.st_ino;
        name->empty = S_ISREG(about.st_mode) && about.st_size == 0;
    }
    return find_whole(path, &name->whole, err);
}

/* The place of an earlier path to the same file, or i. */
static size_t met_before(const input_name name[], size_t i)
{
    for (size_t k = 0; name[i].known && k < i; k++) {
        if (name[k].known && name[k].device == name[i].device && name[k].number == name[i].number)
            return k;
    }
    return i;
}

/* Adds the paths that are kept, of n in order, to text. */
static pa_status keep_each_file_once(const input_name name[], size_t n, pa_log *log, pa_inputs *in,
                                     pa_buffer *text, pa_error *err)
{
    for (size_t i = 0; i < n; i++) {
        /* Two patterns may match one file. */
        if (i > 0 && strcmp(name[i].path, name[i - 1].path) == 0) continue;
        size_t first = met_before(name, i);
        if (first < i) {
            pa_log_say(log, "note: %s is the same file as %s: it is read once", name[i].path,
                       name[first].path);
            continue;
        }
        bool last = i + 1 == n && in->n == 0; /* one file is kept, to be told of */
        if (name[i].empty && !last) {
            pa_log_say(log, "note: %s is empty: there is nothing in it to read", name[i].path);
            continue;
        }
        PA_TRY(pa_buffer_add(text, name[i].path, strlen(name[i].path) + 1, err));
        in->n++;
    }
    return PA_OK;
}

static pa_status sort_paths(const pa_buffer *found, size_t n, pa_log *log, pa_inputs *in,
                            pa_error *err)
{
    input_name *name = NULL;
    pa_buffer text = {0};
    pa_status st = PA_NEW(name, n, err);
    if (st != PA_OK) return st;
    const char *p = found->data;
    for (size_t i = 0; i < n; i++, p += strlen(p) + 1) PA_GOTO(identify(p, &name[i], err));
    PA_GOTO(pa_sort(name, n, sizeof *name, by_name, NULL, err));
    PA_GOTO(keep_each_file_once(name, n, log, in, &text, err));
    PA_GOTO(PA_NEW(in->file, in->n, err));
    in->text_bytes = text.length;
    in->text = text.data;
    text = (pa_buffer){0};
    pa_inputs_name(in);
out:
    pa_buffer_free(&text);
    for (size_t i = 0; i < n; i++) pa_free(name[i].whole);
    pa_free(name);
    return st;
}

pa_status pa_inputs_list(const char *patterns, const char *key, pa_log *log, pa_inputs *in,
                         pa_error *err)
{
    pa_buffer found = {0};
    pa_status st = add_all_matches(patterns, key, &found, err);
    size_t n = 0;
    for (size_t i = 0; i < found.length; i++) n += found.data[i] == 0;
    if (st == PA_OK && n == 0) {
        st = pa_fail(err, PA_E_CONFIG, "%s names no file", key);
    }
    if (st == PA_OK) st = sort_paths(&found, n, log, in, err);
    pa_buffer_free(&found);
    return st;
}
