#include "manifest.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

/* ingest and moment have files, shy has none, a forest is half grown. */
static pa_manifest example(void)
{
    pa_manifest m = {.n_steps = 3};
    memset(m.config_digest, 'c', PA_DIGEST_TEXT - 1);
    memset(m.inputs_digest, 'b', PA_DIGEST_TEXT - 1);
    m.steps[0] = (pa_saved){.step = "ingest", .name = "000000.h5", .bytes = 81234};
    m.steps[1] = (pa_saved){.step = "moment", .name = "000002.h5", .bytes = 1};
    m.steps[2] = (pa_saved){.step = "shy"};
    m.model = (pa_saved){.step = "iforest", .name = "1000007.h5", .bytes = INT64_MAX};
    memset(m.steps[0].digest, '0', PA_DIGEST_TEXT - 1);
    memset(m.steps[1].digest, 'a', PA_DIGEST_TEXT - 1);
    memset(m.model.digest, 'f', PA_DIGEST_TEXT - 1);
    return m;
}

static pa_buffer text_of(const pa_manifest *m)
{
    pa_error err = {0};
    pa_buffer text = {0};
    CU_ASSERT_EQUAL(pa_manifest_write(m, &text, &err), PA_OK);
    return text;
}

static pa_status read_back(const char *text, size_t length, pa_manifest *m)
{
    pa_error err = {0};
    return pa_manifest_read(text, length, m, &err);
}

static void test_what_is_written_is_read(void)
{
    pa_manifest m = example(), again;
    pa_buffer text = text_of(&m);
    CU_ASSERT_EQUAL(read_back(text.data, text.length, &again), PA_OK);
    CU_ASSERT_EQUAL(again.n_steps, 3);
    CU_ASSERT_STRING_EQUAL(again.config_digest, m.config_digest);
    CU_ASSERT_STRING_EQUAL(again.inputs_digest, m.inputs_digest);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_STRING_EQUAL(again.steps[i].step, m.steps[i].step);
        CU_ASSERT_STRING_EQUAL(again.steps[i].name, m.steps[i].name);
        CU_ASSERT_STRING_EQUAL(again.steps[i].digest, m.steps[i].digest);
        CU_ASSERT_EQUAL(again.steps[i].bytes, m.steps[i].bytes);
    }
    CU_ASSERT_STRING_EQUAL(again.model.name, "1000007.h5");
    CU_ASSERT_EQUAL(again.model.bytes, INT64_MAX);
    pa_buffer_free(&text);
    m.model = (pa_saved){0};
    text = text_of(&m);
    CU_ASSERT_EQUAL(read_back(text.data, text.length, &again), PA_OK);
    CU_ASSERT_STRING_EQUAL(again.model.name, "");
    pa_buffer_free(&text);
}

static void test_every_flipped_bit_is_found(void)
{
    pa_manifest m = example(), again;
    pa_buffer text = text_of(&m);
    for (size_t i = 0; i < text.length; i++) {
        for (int bit = 0; bit < 8; bit++) {
            text.data[i] = (char)(text.data[i] ^ (1 << bit));
            CU_ASSERT_EQUAL(read_back(text.data, text.length, &again), PA_E_DATA);
            text.data[i] = (char)(text.data[i] ^ (1 << bit));
        }
    }
    pa_buffer_free(&text);
}

static void test_every_cut_is_found(void)
{
    pa_manifest m = example(), again;
    pa_buffer text = text_of(&m);
    for (size_t n = 0; n < text.length; n++) {
        char kept = text.data[n];
        text.data[n] = '\0';
        CU_ASSERT_EQUAL(read_back(text.data, n, &again), PA_E_DATA);
        text.data[n] = kept;
    }
    pa_buffer_free(&text);
}

/* Lines that end in their right digest, and say what we never write. */
static void test_sealed_nonsense_is_refused(void)
{
#define HEX8 "0123abcd"
#define HEX HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8
    static const char head[] = "paraudit checkpoint 2\nconfig " HEX "\ninputs " HEX "\n";
    static const char *const bodies[] = {
        "",
        "step ingest - 0 -\n",
        "step ingest ../000001.h5 5 " HEX "\n",
        "step ingest /etc/passwd 5 " HEX "\n",
        "step ingest 000001.h5 -5 " HEX "\n",
        "step ingest 000001.h5 99999999999999999999 " HEX "\n",
        "step ingest 000001.h5  5 " HEX "\n",
        "step ingest 000001.h5 5 " HEX "x\n",
        "step ingest 000001.h5 5\n",
        "model ingest 000001.h5 5 " HEX "\n",
        "step ingest 000001.h5 5 " HEX "\nmodel m 000002.h5 5 " HEX "\nstep x - 0 -\n",
        "step ingest 000001.h5 5 " HEX "\nelse\n",
        "step a-name-of-a-step-that-is-longer-than-any-of-ours-is 000001.h5 5 " HEX "\n",
    };
    pa_manifest m;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        pa_error err = {0};
        pa_buffer text = {0};
        CU_ASSERT_EQUAL(pa_buffer_printf(&text, &err, "%s%s", head, bodies[i]), PA_OK);
        CU_ASSERT_EQUAL(pa_seal_text(&text, &err), PA_OK);
        CU_ASSERT_EQUAL(read_back(text.data, text.length, &m), PA_E_DATA);
        pa_buffer_free(&text);
    }
}

/* Which book it is of must be said, once, and behind the configuration. */
static void test_a_head_is_whole_or_refused(void)
{
    static const struct {
        const char *text;
        pa_status st;
    } heads[] = {
        {"config " HEX "\ninputs " HEX "\n", PA_OK},
        {"config " HEX "\n", PA_E_DATA},
        {"config " HEX, PA_E_DATA},
        {"inputs " HEX "\n", PA_E_DATA},
        {"inputs " HEX "\nconfig " HEX "\n", PA_E_DATA},
        {"config " HEX "\ninputs " HEX "\ninputs " HEX "\n", PA_E_DATA},
        {"config " HEX "\ninputs " HEX "00\n", PA_E_DATA},
        {"config " HEX "\ninputs \n", PA_E_DATA},
    };
    pa_manifest m;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        pa_error err = {0};
        pa_buffer text = {0};
        CU_ASSERT_EQUAL(pa_buffer_printf(&text, &err, "paraudit checkpoint 2\n%s%s", heads[i].text,
                                         "step ingest 000001.h5 5 " HEX "\n"),
                        PA_OK);
        CU_ASSERT_EQUAL(pa_seal_text(&text, &err), PA_OK);
        CU_ASSERT_EQUAL(read_back(text.data, text.length, &m), heads[i].st);
        pa_buffer_free(&text);
    }
}

static void test_more_steps_than_there_is_room_are_refused(void)
{
    pa_error err = {0};
    pa_manifest m = example(), again;
    pa_buffer text = {0};
    CU_ASSERT_EQUAL(pa_buffer_printf(&text, &err, "paraudit checkpoint 2\nconfig %s\ninputs %s\n",
                                     m.config_digest, m.inputs_digest),
                    PA_OK);
    for (int i = 0; i <= PA_MAX_STEPS; i++) {
        CU_ASSERT_EQUAL(
            pa_buffer_printf(&text, &err, "step s %06d.h5 5 %s\n", i, m.steps[0].digest), PA_OK);
    }
    CU_ASSERT_EQUAL(pa_seal_text(&text, &err), PA_OK);
    CU_ASSERT_EQUAL(read_back(text.data, text.length, &again), PA_E_DATA);
    pa_buffer_free(&text);
}

static void test_only_our_names_have_numbers(void)
{
    static const char *const others[] = {"000001.h5x",
                                         "000001",
                                         "1.h5",
                                         "x00001.h5",
                                         "+00001.h5",
                                         " 000001.h5",
                                         "000001.manifest",
                                         "000001.h5.part",
                                         "1234567890123456789012.h5",
                                         "audit.h5",
                                         ""};
    char name[PA_SAVED_NAME];
    static const int64_t numbers[] = {0, 12, 999999, 1000000, 123456789012};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        pa_saved_name(numbers[i], PA_SAVED_FILE, name);
        CU_ASSERT_EQUAL(pa_saved_number(name, PA_SAVED_FILE), numbers[i]);
        CU_ASSERT_EQUAL(pa_saved_number(name, PA_SAVED_MANIFEST), -1);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        CU_ASSERT_EQUAL(pa_saved_number(others[i], PA_SAVED_FILE), -1);
}

int main(void)
{
    static const pa_test tests[] = {
        {"what is written is read", test_what_is_written_is_read},
        {"every flipped bit is found", test_every_flipped_bit_is_found},
        {"every cut is found", test_every_cut_is_found},
        {"sealed nonsense is refused", test_sealed_nonsense_is_refused},
        {"a head is whole or refused", test_a_head_is_whole_or_refused},
        {"more steps than there is room are refused",
         test_more_steps_than_there_is_room_are_refused},
        {"only our names have numbers", test_only_our_names_have_numbers},
    };
    return pa_run_tests("manifest", tests, sizeof tests / sizeof *tests);
}
