#include "paraudit/pipeline/foreseen.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contents.h"
#include "paraudit/files/files.h"

/* What a file of ours begins with. */
static const char mark[] = "{\n  \"a_paraudit_estimate\": 1,";
enum { MOST_BYTES = 1 << 20 };

static pa_status digest_of(const pa_config *config, char digest[PA_DIGEST_TEXT], pa_error *err)
{
    pa_buffer text = {0};
    pa_status st = pa_contents_config(config, &text, digest, err);
    pa_buffer_free(&text);
    return st;
}

/* ---- to a file ---- */

static json_t *growth_json(const pa_growth *g)
{
    return json_pack("{s:f, s:f, s:f, s:f}", "fixed", g->fixed, "each", g->each, "of", g->of,
                     "rise", g->rise);
}

static json_t *stages_json(const pa_sizing *s)
{
    json_t *all = json_array();
    for (size_t i = 0; all && i < s->n; i++) {
        const pa_sized_stage *g = s->stage + i;
        json_t *one = json_pack("{s:s, s:o, s:o, s:f, s:f}", "stage", g->name, "seconds",
                                growth_json(&g->seconds), "top", growth_json(&g->top), "row_bytes",
                                g->row_bytes, "held", g->held);
        if (json_array_append_new(all, one) == 0) continue;
        json_decref(all);
        return NULL;
    }
    return all;
}

static json_t *sizing_json(const pa_sizing *s, const char *digest)
{
    return json_pack("{s:i, s:s, s:f, s:f, s:f, s:f, s:f, s:o, s:b, s:f, s:f, s:o}",
                     "a_paraudit_estimate", 1, "config_digest", digest, "rows", s->rows,
                     "largest_account", s->largest_account, "largest_merchant", s->largest_merchant,
                     "process", s->process, "exchange", s->exchange, "other",
                     growth_json(&s->other), "unwritten", s->unwritten, "disk_speed", s->disk_speed,
                     "held_rows", s->held_rows, "stages", stages_json(s));
}

static void path_of(const char *folder, char path[4200])
{
    snprintf(path, 4200, "%.4095s/estimate.json", folder);
}

pa_status pa_foreseen_write(const char *folder, const pa_config *config, const pa_sizing *sizing,
                            pa_error *err)
{
    char path[4200], digest[PA_DIGEST_TEXT];
    pa_standing standing = {0};
    path_of(folder, path);
    PA_TRY(digest_of(config, digest, err));
    json_t *all = sizing_json(sizing, digest);
    char *text = all ? json_dumps(all, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
    json_decref(all);
    if (!text) return pa_fail(err, PA_E_MEMORY, "%s: no memory for its text", path);
    if (pa_file_begins_with(path, mark, sizeof mark - 1)) pa_standing_note(&standing, path);
    pa_status st = pa_write_file_beside(path, &standing, text, strlen(text), err);
    free(text);
    return st;
}

/* ---- from a file ---- */

static double number(const json_t *of, const char *key)
{
    double v = json_number_value(json_object_get(of, key));
    return isfinite(v) && v > 0 ? v : 0;
}

static pa_growth growth_of(const json_t *g)
{
    return (pa_growth){number(g, "fixed"), number(g, "each"), number(g, "of"), number(g, "rise")};
}

static bool read_stages(const json_t *stages, pa_sizing *s)
{
    s->n = json_array_size(stages);
    if (s->n == 0 || s->n > PA_SIZED_MOST) return false;
    for (size_t i = 0; i < s->n; i++) {
        const json_t *one = json_array_get(stages, i);
        const char *name = json_string_value(json_object_get(one, "stage"));
        if (!name) return false;
        snprintf(s->stage[i].name, sizeof s->stage[i].name, "%s", name);
        s->stage[i].seconds = growth_of(json_object_get(one, "seconds"));
        s->stage[i].top = growth_of(json_object_get(one, "top"));
        s->stage[i].row_bytes = number(one, "row_bytes");
        s->stage[i].held = number(one, "held");
    }
    return true;
}

static bool read_all(const json_t *all, const char *digest, pa_sizing *s)
{
    const char *of = json_string_value(json_object_get(all, "config_digest"));
    if (!of || strcmp(of, digest) != 0) return false;
    *s = (pa_sizing){.rows = number(all, "rows"),
                     .largest_account = fmin(number(all, "largest_account"), 1),
                     .largest_merchant = fmin(number(all, "largest_merchant"), 1),
                     .process = number(all, "process"),
                     .exchange = number(all, "exchange"),
                     .other = growth_of(json_object_get(all, "other")),
                     .unwritten = json_is_true(json_object_get(all, "unwritten")),
                     .disk_speed = number(all, "disk_speed"),
                     .held_rows = number(all, "held_rows")};
    return s->rows > 0 && read_stages(json_object_get(all, "stages"), s);
}

bool pa_foreseen_read(const char *folder, const pa_config *config, pa_sizing *sizing)
{
    char path[4200], digest[PA_DIGEST_TEXT], *text;
    size_t length;
    int64_t bytes;
    path_of(folder, path);
    if (!pa_file_begins_with(path, mark, sizeof mark - 1)) return false;
    if (pa_file_size(path, &bytes, NULL) != PA_OK || bytes > MOST_BYTES) return false;
    if (digest_of(config, digest, NULL) != PA_OK) return false;
    if (pa_read_file(path, &text, &length, NULL) != PA_OK) return false;
    json_t *all = json_loadb(text, length, 0, NULL);
    bool found = all && read_all(all, digest, sizing);
    json_decref(all);
    pa_free(text);
    return found;
}
