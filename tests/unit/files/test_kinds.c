#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paraudit/files/kinds.h"
#include "unit.h"

/* "WHAT: REMEDY" of the first n bytes; empty: text. */
static const char *kind_of(const char *first, size_t n)
{
    static char said[200];
    const pa_foreign *kind = pa_foreign_kind(first, n);
    if (!kind) kind = pa_no_text(first, n);
    snprintf(said, sizeof said, kind ? "%s: %s" : "", kind ? kind->what : "",
             kind ? kind->remedy : "");
    return said;
}

static void check(const char *first, size_t n, const char *what)
{
    const char *said = kind_of(first, n);
    bool fits =
        *what ? strncmp(said, what, strlen(what)) == 0 && said[strlen(what)] == ':' : !*said;
    CU_ASSERT(fits);
    if (!fits) fprintf(stderr, "expected '%s', got '%s'\n", what, said);
}

#define CHECK(first, what) check(first, sizeof first - 1, what)

static void test_files_of_other_programs_are_named(void)
{
    CHECK("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "an old spreadsheet (xls)");
    CHECK("PAR1\x15\x04\x15\0", "a Parquet file");
    CHECK("PAR1\x19\x04\x15\0", "a Parquet file");
    CHECK("ARROW1\0\0\xff\xff", "an Arrow file (feather)");
    CHECK("FEA1\0\0\0\0", "an Arrow file (feather)");
    CHECK("ORC\x08\x03\x10", "an ORC file");
    CHECK("Obj\x01\x04\x16"
          "avro.schema",
          "an Avro file");
    for (char protocol = 2; protocol <= 5; protocol++) {
        char pickle[] = {'\x80', protocol, '\x95', 0};
        check(pickle, sizeof pickle, "a Python pickle");
    }
    CHECK("\x93NUMPY\x01\0v\0{'descr'", "a NumPy array (npy)");
    CHECK("\x89HDF\r\n\x1a\n\0", "an HDF5 file");
    CHECK("X\n\0\0\0\x03\0\x04", "an R data file (rds)");
    CHECK("RDX3\nX\n\0\0", "an R data file");
    CHECK("<stata_dta><header>", "a Stata file");
    CHECK("s\x02\x01\0", "a Stata file");
    CHECK("\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3", "a SAS file");
    CHECK("$FL2@(#) SPSS DATA FILE", "an SPSS file");
    CHECK("SQLite format 3\0\x10\0", "an SQLite database");
    CHECK("%PDF-1.7\n", "a PDF document");
    CHECK("\x89PNG\r\n\x1a\n\0\0", "a picture (PNG)");
    CHECK("\xff\xd8\xff\xe0\0\x10JFIF", "a picture (JPEG)");
    CHECK("GIF89a", "a picture (GIF)");
    CHECK("\x7f"
          "ELF\x02\x01",
          "a program (ELF)");
    CHECK("version https://git-lfs.github.com/spec/v1\noid sha256:00",
          "a pointer of Git LFS, which stands for the file");
}

static void test_what_is_packed_is_to_be_unpacked(void)
{
    CHECK("BZh91AY&SY\x59\x23", "compressed by bzip2");
    CHECK("BZh11AY&SY\x59\x23", "compressed by bzip2");
    CHECK("\xfd\x37zXZ\0\0\x04", "compressed by xz");
    CHECK("]\0\0\x80\0\xff", "compressed by lzma");
    CHECK("\x04\x22\x4d\x18\x64", "compressed by lz4");
    CHECK("7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive");
    CHECK("Rar!\x1a\x07\x01\0", "a RAR archive");
    CHECK("\x1f\x8b\x08\0", "compressed twice"); /* asked of text that was unpacked */
    CU_ASSERT_STRING_EQUAL(kind_of("BZh91AY&SY", 10),
                           "compressed by bzip2: unpack it, or pack it by gzip or zstd");
}

/* The first entry of a zip archive, its content as it is. */
static void check_zip(const char *name, const char *content, const char *what)
{
    char zip[200] = "PK\x03\x04\x14";
    size_t n = strlen(name), length = strlen(content);
    zip[26] = (char)n;
    memcpy(zip + 30, name, n);
    memcpy(zip + 30 + n, content, length);
    check(zip, 30 + n + length, what);
}

static void test_a_zip_archive_is_told_by_its_first_entry(void)
{
    check_zip("tx.csv", "\xab\xcd", "a zip archive");
    check_zip("[Content_Types].xml", "\xab PK xl/workbook.xml", "a spreadsheet (xlsx)");
    check_zip("xl/workbook.xml", "\xab", "a spreadsheet (xlsx)");
    check_zip("[Content_Types].xml", "\xab PK word/document.xml", "a document (docx, pptx or odt)");
    check_zip("mimetype", "application/vnd.oasis.opendocument.spreadsheetPK",
              "a spreadsheet (ods)");
    check_zip("mimetype", "application/vnd.oasis.opendocument.textPK",
              "a document (docx, pptx or odt)");
    check_zip("arr_0.npy", "\x93NUMPY", "NumPy arrays (npz)");
    check_zip("xlarge.csv", "", "a zip archive");
    CHECK("PK\x03\x04", "a zip archive");
    CHECK("PK\x05\x06\0\0", "an empty zip archive");
}

/* A tar archive of tx.csv: its name, then at 257 the mark. */
static void test_a_tar_archive_is_told_by_its_mark(void)
{
    char tar[512] = "tx.csv";
    memcpy(tar + 257, "ustar\0", 6);
    check(tar, sizeof tar, "a tar archive");
    check(tar, 261, "no text: zero or control bytes");
    memset(tar, 'x', sizeof tar); /* a header that has the word there */
    memcpy(tar + 257, "ustar", 5);
    check(tar, sizeof tar, "");
}

static void test_markup_is_told_from_headers(void)
{
    CHECK("<!DOCTYPE html>\n<html>", "a page of HTML");
    CHECK("\xef\xbb\xbf\r\n <HTML lang=de>", "a page of HTML");
    CHECK("<table border=1>", "a page of HTML");
    CHECK("<?xml version=\"1.0\"?>", "XML");
    CHECK("{\"tx\":1}\n{\"tx\":2}\n", "JSON");
    CHECK("{\n  \"rows\": [", "JSON");
    CHECK("[\n {\"tx\":1}", "JSON");
    CHECK("[{\"tx\":1}", "JSON");
    CHECK("[Date],[Amount]\n", "");
    CHECK("<DATE>,<TIME>\n", "");
    CHECK("{tx},{time}\n", "");
    CHECK("[", "");
    CHECK("{", "");
}

static void test_what_a_text_may_hold_is_text(void)
{
    char rows[400];
    CHECK("", "");
    CHECK("tx,account\n", "");
    CHECK("caf\xe9,z\n", "");                  /* Latin-1 */
    CHECK("\xef\xbb\xbftx\tx\x01y\x1f\n", ""); /* separators */
    CHECK("a,b\n1,2\n\x1a", "");
    CHECK("ORCHID,MZ\n", "");
    CHECK("PAR1,PAR2\n", "");
    CHECK("X\nY\n", "");
    CHECK("BZh,1AY\n", "");
    memset(rows, '7', sizeof rows);
    rows[9] = '\n';
    for (int i = 0; i < 25; i++) rows[10 + i] = i % 2 ? '\0' : '\x03';
    check(rows, sizeof rows, ""); /* no more than a sixteenth, and not in the first line */
    rows[60] = '\0';
    check(rows, sizeof rows, "no text: zero or control bytes");
}

static void test_zeros_in_the_first_line_are_no_text(void)
{
    CHECK("\0", "no text: zero or control bytes");
    CHECK("tx,acc\0ount\n1,2\n1,2\n1,2\n1,2\n", "no text: zero or control bytes");
    CHECK("\x03\x18\x07\n", "no text: zero or control bytes");
}

/* No byte behind the n is looked at: exact copies, for the sanitizer. */
static void test_any_beginning_of_any_kind_is_safe(void)
{
    static const char whole[] =
        "PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0"
        "[Content_Types].xml word/ mimetype";
    for (size_t n = 0; n < sizeof whole; n++) {
        char *copy = malloc(n + (n == 0));
        memcpy(copy, whole, n);
        CU_ASSERT(n < 4 || pa_foreign_kind(copy, n) != NULL);
        pa_no_text(copy, n);
        free(copy);
    }
}

static const pa_test tests[] = {
    {"files of other programs are named", test_files_of_other_programs_are_named},
    {"what is packed is to be unpacked", test_what_is_packed_is_to_be_unpacked},
    {"a zip archive is told by its first entry", test_a_zip_archive_is_told_by_its_first_entry},
    {"a tar archive is told by its mark", test_a_tar_archive_is_told_by_its_mark},
    {"markup is told from headers", test_markup_is_told_from_headers},
    {"what a text may hold is text", test_what_a_text_may_hold_is_text},
    {"zeros in the first line are no text", test_zeros_in_the_first_line_are_no_text},
    {"any beginning of any kind is safe", test_any_beginning_of_any_kind_is_safe},
};
PA_TEST_MAIN("kinds", tests)
