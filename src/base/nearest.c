/* The nearest known name to a mistyped one, for messages. */
#include <string.h>
#include <strings.h>

#include "paraudit/base/options.h"

/* Longer words are no slips of the finger, and the rows below stay small. */
enum { LONGEST = 120 };

static int smallest(int a, int b, int c)
{
    int ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Damerau-Levenshtein distance in its "optimal string alignment" form: insert,
 * delete, replace, or swap two neighbours, no place edited twice (Boytsov,
 * ACM J. Exp. Algorithmics 16, 2011, sec. 2.2). Both at most LONGEST bytes. */
static int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int rows[3][LONGEST + 1];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b_length; j++) last[j] = (int)j;
    for (size_t i = 1; i <= a_length; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            int replace = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = smallest(last[j] + 1, now[j - 1] + 1, replace);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && before[j - 2] + 1 < now[j]) now[j] = before[j - 2] + 1;
        }
        int *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[b_length];
}

const char *pa_nearest_name(const char *word, const char *const candidates[], size_t n)
{
    size_t length = strlen(word);
    if (length > LONGEST) return NULL;
    const char *nearest = NULL;
    int best = (int)(length / 3) + 1;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(candidates[i]);
        if (other > LONGEST) continue;
        int d = distance(word, length, candidates[i], other);
        if (d < best) {
            best = d;
            nearest = candidates[i];
        }
    }
    for (size_t i = 0; i < n && !nearest; i++) {
        if (strcasecmp(word, candidates[i]) == 0) nearest = candidates[i];
    }
    return nearest;
}
