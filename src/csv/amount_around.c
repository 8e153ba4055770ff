/* What stands around the number of an amount: blanks, signs, debit and credit, currencies. */
#include <stdint.h>
#include <string.h>

#include "amount_parts.h"

enum { LONGEST_WORD = 8 };

/* What a word may be. */
enum {
    CURRENCY = 1,
    DOLLAR = 2, /* whose dollar, before a $ */
    CREDIT = 4,
    DEBIT = 8,
    LETTER = 16 /* credit or debit only behind the number */
};

typedef struct {
    char text[LONGEST_WORD]; /* ASCII letters in small, the others as they are; zeros behind */
    int is;
} word;

static const word words[] = {
    {"cr", CREDIT},
    {"dr", DEBIT},
    {"db", DEBIT},
    {"credit", CREDIT},
    {"debit", DEBIT},
    {"c", DOLLAR | CREDIT | LETTER},
    {"d", DEBIT | LETTER},
    {"h", CREDIT | LETTER},
    {"s", DOLLAR | DEBIT | LETTER}, /* Soll; Singapore */
    {"us", DOLLAR},
    {"a", DOLLAR},
    {"au", DOLLAR},
    {"ca", DOLLAR},
    {"hk", DOLLAR},
    {"mx", DOLLAR},
    {"nt", DOLLAR},
    {"nz", DOLLAR},
    {"sg", DOLLAR},
    {"r", DOLLAR | CURRENCY}, /* real; rand */
    {"euro", CURRENCY},
    {"fr", CURRENCY},
    {"sfr", CURRENCY},
    {"kr", CURRENCY},
    {"kn", CURRENCY},
    {"rs", CURRENCY},
    {"rm", CURRENCY},
    {"rp", CURRENCY},
    {"ft", CURRENCY},
    {"tl", CURRENCY},
    {"lei", CURRENCY},
    {"din", CURRENCY},
    {"zl", CURRENCY},
    {"zł", CURRENCY},
    {"zŁ", CURRENCY},
    {"kč", CURRENCY},
    {"kČ", CURRENCY},
    {"лв", CURRENCY},
    {"руб", CURRENCY},
    {"р", CURRENCY},
    {"грн", CURRENCY},
};

/* By their first letter, what follows it: ISO 4217 without metals and units of account,
 * codes that were money since 1990, and CNH, RMB, BTC, XBT, ETH. */
static const char *const codes[] = {"EDFNLLMDNGOARSTSUDWGZN",
                                    "AMBDDTEFGNHDIFMDNDOBRLSDTCTNWPYNYRZD",
                                    "ADDFHFLPNHNYOPRCUCUPVEYPZK",
                                    "EMJFKKOPZD",
                                    "EKGPRNSPTBTHUR",
                                    "IMJDKPRF",
                                    "BPELHCHSIPMDNFRDTQYD",
                                    "KDNLRKTGUF",
                                    "DREPLSNRQDRRSKTL",
                                    "MDODPY",
                                    "ESGSHRMFPWRWWDYDZT",
                                    "AKBPKRRDSLTLUFVLYD",
                                    "ADDLGAKDMKNTOPRORUTLURVRWKXNYRZN",
                                    "ADGNIOLGOKPRZD",
                                    "MR",
                                    "ABENGKHPKRLNTEYG",
                                    "AR",
                                    "MBOLONSDUBURWF",
                                    "ARBDCRDGEKGDHPITKKLELLOSRDSPTDTNVCYPZL",
                                    "HBJSMTNDOPRLRYTDWDZS",
                                    "AHGXSDYUZS",
                                    "EBEDEFESNDUV",
                                    "ST",
                                    "AFBTCDCGDROFPF",
                                    "ER",
                                    "ARMKMWWGWL"};

static inline bool is_ascii_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool is_code(const char *small)
{
    const char b = (char)(small[1] - 'a' + 'A'), c = (char)(small[2] - 'a' + 'A');
    for (const char *t = codes[small[0] - 'a']; *t; t += 2) {
        if (t[0] == b && t[1] == c) return true;
    }
    return false;
}

/* Latin, Greek and Cyrillic letters have two bytes, the first of them in this range. */
static inline bool is_wide_letter(const char *t, const char *end)
{
    return (unsigned char)*t >= 0xc3 && (unsigned char)*t <= 0xd1 && end - t >= 2 &&
           ((unsigned char)t[1] & 0xc0) == 0x80;
}

/* All letters in a row; false where they are too many. *ascii: letters of one byte. */
static bool take_letters(const char **t, const char *end, char small[LONGEST_WORD], int *ascii)
{
    size_t n = 0;
    *ascii = 0;
    memset(small, 0, LONGEST_WORD);
    while (*t < end) {
        size_t bytes = is_ascii_letter(**t) ? 1 : is_wide_letter(*t, end) ? 2 : 0;
        if (bytes == 0) break;
        if (n + bytes > LONGEST_WORD) return false;
        if (bytes == 1)
            small[n] = (char)(**t | 0x20), ++*ascii;
        else
            memcpy(small + n, *t, 2);
        n += bytes;
        *t += bytes;
    }
    return true;
}

static int find_word(const char small[LONGEST_WORD])
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (memcmp(words[i].text, small, LONGEST_WORD) == 0) return words[i].is;
    }
    return 0;
}

static bool take_word(const char **t, const char *end, bool behind, pa_amount_around *around)
{
    char small[LONGEST_WORD];
    int ascii;
    if (!take_letters(t, end, small, &ascii)) return false;
    if (ascii == 3 && small[3] == 0 && is_code(small)) {
        around->words++;
        return true;
    }
    int is = find_word(small);
    if ((is & DOLLAR) && *t < end && **t == '$') return true; /* the $ will be counted */
    if (*t < end && **t == '.') ++*t;
    if (is & CURRENCY) return around->words++, true;
    if ((is & LETTER) && !behind) return false;
    around->plus += (is & CREDIT) != 0;
    around->minus += (is & DEBIT) != 0;
    return (is & (CREDIT | DEBIT)) != 0;
}

/* The character of two or three bytes at t; 0 where there is none. */
static unsigned character(const char *t, const char *end)
{
    const unsigned char *u = (const unsigned char *)t;
    ptrdiff_t n = *u >= 0xe0 ? 3 : 2;
    if (*u < 0xc2 || *u > 0xef || end - t < n || (u[1] & 0xc0) != 0x80) return 0;
    if (n == 2) return (unsigned)(*u & 0x1f) << 6 | (u[1] & 0x3f);
    if ((u[2] & 0xc0) != 0x80) return 0;
    unsigned c = (unsigned)(*u & 0x0f) << 12 | (unsigned)(u[1] & 0x3f) << 6 | (u[2] & 0x3f);
    return c < 0x800 ? 0 : c; /* not the long way round */
}

/* Currency signs (Sc) of Unicode's first plane, and the signs that are written so for
 * yuan, yen and won. */
static bool is_currency(unsigned c)
{
    static const uint16_t range[][2] = {
        {0x00a2, 0x00a5}, {0x058f, 0x058f}, {0x060b, 0x060b}, {0x07fe, 0x07ff}, {0x09f2, 0x09f3},
        {0x09fb, 0x09fb}, {0x0af1, 0x0af1}, {0x0bf9, 0x0bf9}, {0x0e3f, 0x0e3f}, {0x17db, 0x17db},
        {0x20a0, 0x20cf}, {0x5143, 0x5143}, {0x5186, 0x5186}, {0x5713, 0x5713}, {0xa838, 0xa838},
        {0xc6d0, 0xc6d0}, {0xfdfc, 0xfdfc}, {0xfe69, 0xfe69}, {0xff04, 0xff04}, {0xffe0, 0xffe1},
        {0xffe5, 0xffe6}};
    for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
        if (c <= range[i][1]) return c >= range[i][0];
    }
    return false;
}

/* Beyond ASCII and letters. */
static bool take_character(const char **t, const char *end, pa_amount_around *around)
{
    size_t blank = pa_amount_blank(*t, end);
    *t += blank;
    if (blank) return true;
    unsigned c = character(*t, end);
    if (c == 0x2212 || (c >= 0x2010 && c <= 0x2013))
        around->minus++;
    else if (is_currency(c))
        around->symbols++;
    else
        return false;
    *t += c < 0x800 ? 2 : 3;
    return true;
}

/* One thing. */
static bool take_one(const char **t, const char *end, bool behind, pa_amount_around *around)
{
    switch (**t) {
    case ' ':
    case '\t':
        break;
    case '-':
        around->minus++;
        break;
    case '+':
        around->plus++;
        break;
    case '$':
        around->symbols++;
        break;
    case '(':
        around->opened++;
        return ++*t, !behind;
    case ')':
        around->closed++;
        return ++*t, behind;
    default:
        if (is_ascii_letter(**t) || is_wide_letter(*t, end))
            return take_word(t, end, behind, around);
        return (unsigned char)**t >= 0x80 && take_character(t, end, around);
    }
    ++*t;
    return true;
}

bool pa_amount_take_around(const char **text, const char *end, bool behind,
                           pa_amount_around *around)
{
    for (const char **t = text; *t < end;) {
        if ((unsigned char)(**t - '0') <= 9 || **t == '.' || **t == ',') break;
        if (!take_one(t, end, behind, around)) return false;
    }
    return true;
}
