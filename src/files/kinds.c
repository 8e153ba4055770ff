#include "paraudit/files/kinds.h"

#include <stdbool.h>
#include <string.h>

#define SHEET "save the sheet as CSV"
#define FRAME "write it as CSV, with pandas say"
#define PACKED "unpack it, or pack it by gzip or zstd"
#define ARCHIVE "unpack the file that is in it"
#define READ "CSV is read, plain or compressed by gzip or zstd"

typedef struct {
    size_t at;
    const char *magic;
    size_t length;
    pa_foreign kind;
} signature;

#define SIGN(at, magic) at, magic, sizeof magic - 1

/* No text begins so. */
static const signature signatures[] = {
    {SIGN(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), {"an old spreadsheet (xls)", SHEET}},
    {SIGN(0, "PK\x05\x06"), {"an empty zip archive", READ}},
    {SIGN(0, "PK\x07\x08"), {"a zip archive", ARCHIVE}},
    {SIGN(0, "PAR1\x15"), {"a Parquet file", FRAME}},
    {SIGN(0, "ARROW1\0"), {"an Arrow file (feather)", FRAME}},
    {SIGN(0, "\xff\xff\xff\xff\x10\0\0"), {"an Arrow stream", FRAME}},
    {SIGN(0, "Obj\x01"), {"an Avro file", FRAME}},
    {SIGN(0, "\x80\x02"), {"a Python pickle", FRAME}},
    {SIGN(0, "\x80\x03"), {"a Python pickle", FRAME}},
    {SIGN(0, "\x80\x04"), {"a Python pickle", FRAME}},
    {SIGN(0, "\x80\x05"), {"a Python pickle", FRAME}},
    {SIGN(0, "\x93NUMPY"), {"a NumPy array (npy)", "write it as CSV, by numpy.savetxt say"}},
    {SIGN(0, "\x89HDF\r\n\x1a\n"), {"an HDF5 file", FRAME}},
    {SIGN(0, "MATLAB 5.0 MAT-file"), {"a MATLAB file", "write it as CSV, by writetable"}},
    {SIGN(0, "RDX2\n"), {"an R data file", "write it as CSV, by write.csv"}},
    {SIGN(0, "RDX3\n"), {"an R data file", "write it as CSV, by write.csv"}},
    {SIGN(0, "X\n\0\0\0"), {"an R data file (rds)", "write it as CSV, by write.csv"}},
    {SIGN(0, "<stata_dta>"), {"a Stata file", FRAME}},
    {SIGN(0, "r\x01\x01\0"), {"a Stata file", FRAME}},
    {SIGN(0, "r\x02\x01\0"), {"a Stata file", FRAME}},
    {SIGN(0, "s\x01\x01\0"), {"a Stata file", FRAME}},
    {SIGN(0, "s\x02\x01\0"), {"a Stata file", FRAME}},
    {SIGN(0, "\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60"), {"a SAS file", FRAME}},
    {SIGN(0, "HEADER RECORD*******"), {"a SAS transport file", FRAME}},
    {SIGN(0, "$FL2@(#)"), {"an SPSS file", FRAME}},
    {SIGN(0, "$FL3@(#)"), {"an SPSS file", FRAME}},
    {SIGN(0, "SQLite format 3\0"), {"an SQLite database", "export the table as CSV"}},
    {SIGN(4, "Standard Jet DB"), {"an Access database", "export the table as CSV"}},
    {SIGN(4, "Standard ACE DB"), {"an Access database", "export the table as CSV"}},
    {SIGN(0, "\x1f\x8b"), {"compressed twice", PACKED}},
    {SIGN(0, "\x28\xb5\x2f\xfd"), {"compressed twice", PACKED}},
    {SIGN(0, "\xfd\x37zXZ\0"), {"compressed by xz", PACKED}},
    {SIGN(4, "1AY&SY"), {"compressed by bzip2", PACKED}}, /* behind BZh1 to BZh9 */
    {SIGN(4, "\x17\x72\x45\x38\x50\x90"), {"compressed by bzip2", PACKED}}, /* of nothing */
    {SIGN(0, "]\0\0"), {"compressed by lzma", PACKED}},
    {SIGN(0, "LZIP\x01"), {"compressed by lzip", PACKED}},
    {SIGN(0, "\x04\x22\x4d\x18"), {"compressed by lz4", PACKED}},
    {SIGN(0, "\xff\x06\0\0sNaPpY"), {"compressed by snappy", PACKED}},
    {SIGN(0, "\x1f\x9d"), {"compressed by compress (Z)", PACKED}},
    {SIGN(0, "7z\xbc\xaf\x27\x1c"), {"a 7z archive", ARCHIVE}},
    {SIGN(0, "Rar!\x1a\x07"), {"a RAR archive", ARCHIVE}},
    {SIGN(0, "MSCF\0\0\0\0"), {"a cabinet archive (cab)", ARCHIVE}},
    {SIGN(0, "%PDF-"), {"a PDF document", READ}},
    {SIGN(0, "{\\rtf"), {"a text document (rtf)", READ}},
    {SIGN(0, "\x89PNG\r\n\x1a\n"), {"a picture (PNG)", READ}},
    {SIGN(0, "\xff\xd8\xff"), {"a picture (JPEG)", READ}},
    {SIGN(0, "GIF87a"), {"a picture (GIF)", READ}},
    {SIGN(0, "GIF89a"), {"a picture (GIF)", READ}},
    {SIGN(0, "\x7f"
             "ELF"),
     {"a program (ELF)", READ}},
    {SIGN(0, "version https://git-lfs"),
     {"a pointer of Git LFS, which stands for the file", "fetch the file itself by git lfs pull"}},
    {SIGN(0, "-----BEGIN PGP MESSAGE"), {"encrypted by PGP", "decrypt it"}},
};

/* A text may hold these: only where it is none. */
static const signature weak[] = {
    {SIGN(257, "ustar"), {"a tar archive", ARCHIVE}},
    {SIGN(0, "ORC"), {"an ORC file", FRAME}},
    {SIGN(0, "PAR1"), {"a Parquet file", FRAME}},
    {SIGN(0, "FEA1"), {"an Arrow file (feather)", FRAME}},
    {SIGN(0, "MZ"), {"a program (exe)", READ}},
    {SIGN(0, "x\x9c"), {"compressed by zlib", PACKED}},
};

static bool has_at(const char *text, size_t n, size_t at, const char *what, size_t length)
{
    return n >= at + length && memcmp(text + at, what, length) == 0;
}

static bool begins(const char *text, size_t n, const char *what)
{
    return has_at(text, n, 0, what, strlen(what));
}

static bool holds(const char *text, size_t n, const char *what)
{
    for (size_t at = 0; at < n; at++) {
        if (has_at(text, n, at, what, strlen(what))) return true;
    }
    return false;
}

static const pa_foreign *find(const signature s[], size_t n_signatures, const char *first, size_t n)
{
    for (size_t i = 0; i < n_signatures; i++) {
        if (has_at(first, n, s[i].at, s[i].magic, s[i].length)) return &s[i].kind;
    }
    return NULL;
}

/* ---- archives that are something else ---- */

/* By the first entry: its name lies at byte 30, behind a header that tells its length
 * (PKWARE APPNOTE 4.3.7); the content of a `mimetype` follows the name as it is. */
static const pa_foreign *zip_kind(const char *first, size_t n)
{
    static const pa_foreign xlsx = {"a spreadsheet (xlsx)", SHEET},
                            ods = {"a spreadsheet (ods)", SHEET},
                            npz = {"NumPy arrays (npz)", "write them as CSV, by numpy.savetxt say"},
                            document = {"a document (docx, pptx or odt)", READ},
                            zip = {"a zip archive", ARCHIVE};
    enum { LENGTH = 26, NAME = 30 };
    if (n < NAME) return &zip;
    const unsigned char *b = (const unsigned char *)first;
    size_t length = (size_t)(b[LENGTH] | b[LENGTH + 1] << 8);
    const char *name = first + NAME;
    if (length > n - NAME) length = n - NAME;
    if (begins(name, n - NAME, "mimetypeapplication/vnd.oasis.opendocument"))
        return holds(name, n - NAME, "opendocument.spreadsheet") ? &ods : &document;
    if (length > 4 && begins(name + length - 4, 4, ".npy")) return &npz;
    bool office = begins(name, length, "[Content_Types].xml") || begins(name, length, "_rels/") ||
                  begins(name, length, "docProps/");
    if (office && (holds(first, n, "word/") || holds(first, n, "ppt/"))) return &document;
    return office || begins(name, length, "xl/") ? &xlsx : &zip;
}

/* ---- text of other kinds ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins_in_any_case(const char *text, size_t n, const char *what)
{
    size_t i = 0;
    while (i < n && what[i] && lower(text[i]) == what[i]) i++;
    return !what[i];
}

/* An object whose first key is quoted, or a list of objects: `[Date],[Amount]` is a header. */
static bool is_json(const char *text, size_t n)
{
    if (n == 0 || (*text != '{' && *text != '[')) return false;
    size_t i = 1;
    while (i < n && is_blank(text[i])) i++;
    return i < n && text[i] == (*text == '{' ? '"' : '{');
}

/* `<DATE>,<TIME>` is a header, too. */
static bool is_html(const char *text, size_t n)
{
    static const char *const tags[] = {"<!doctype html", "<html",  "<head>",
                                       "<body",          "<table", "<script"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (begins_in_any_case(text, n, tags[i])) return true;
    }
    return false;
}

static const pa_foreign *markup_kind(const char *first, size_t n)
{
    static const pa_foreign html = {"a page of HTML",
                                    "is it a login page in place of the file? " READ},
                            xml = {"XML", "write it as CSV"}, json = {"JSON", FRAME};
    size_t from = begins(first, n, "\xef\xbb\xbf") ? 3 : 0;
    while (from < n && is_blank(first[from])) from++;
    const char *text = first + from;
    n -= from;
    if (begins(text, n, "<?xml")) return &xml;
    if (is_html(text, n)) return &html;
    return is_json(text, n) ? &json : NULL;
}

/* ---- no text ---- */

/* Line ends, tabulators, Escape and Ctrl-Z stand in texts, and so do 1 and 28 to 31,
 * which some files have for separators. */
static bool is_control(char c)
{
    unsigned char b = (unsigned char)c;
    return b == 0 || (b >= 2 && b <= 8) || (b >= 14 && b <= 25) || b == 127;
}

static bool is_no_text(const char *first, size_t n)
{
    const char *end = memchr(first, '\n', n);
    size_t line = end ? (size_t)(end - first) : n, controls = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_control(first[i])) continue;
        if (i < line) return true;
        controls++;
    }
    return controls > n / 16;
}

const pa_foreign *pa_foreign_kind(const char *first, size_t n)
{
    if (begins(first, n, "PK\x03\x04")) return zip_kind(first, n);
    const pa_foreign *kind = find(signatures, sizeof signatures / sizeof *signatures, first, n);
    return kind ? kind : markup_kind(first, n);
}

const pa_foreign *pa_no_text(const char *first, size_t n)
{
    static const pa_foreign unknown = {"no text: zero or control bytes", READ};
    if (!is_no_text(first, n)) return NULL;
    const pa_foreign *kind = find(weak, sizeof weak / sizeof *weak, first, n);
    return kind ? kind : &unknown;
}
