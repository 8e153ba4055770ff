/* The script for bash: tables of commands, flags and keys, and a function that reads them, so that
 * a key press starts no program. */
#include <string.h>

#include "paraudit/commands/configure.h"
#include "paraudit/commands/pages.h"

/* words: the command line up to the cursor, in which bash has cut every '=' off; cur: what is to
 * be completed, of which readline replaces what stands behind the last '='. */
static const char function[] =
    "_paraudit_files()\n"
    "{\n"
    "    local IFS=$'\\n'\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    COMPREPLY=($(compgen \"$1\" -- \"$2\"))\n"
    "}\n"
    "\n"
    "# Of a key and what stands behind its '='.\n"
    "_paraudit_key_value()\n"
    "{\n"
    "    local kind presets\n"
    "    kind=$(_paraudit_key \"$1\")\n"
    "    if [[ $1 == input.preset ]]; then\n"
    "        presets=$(command -v paraudit) && presets=$(readlink -f \"$presets\")\n"
    "        kind=$(cd \"${PARAUDIT_PRESETS:-${presets%/*}/../share/paraudit/presets}\" "
    "2>/dev/null && echo *.ini)\n"
    "        kind=${kind//.ini/}\n"
    "    fi\n"
    "    if [[ $kind == FILES ]]; then\n"
    "        _paraudit_files -f \"$2\"\n"
    "    else\n"
    "        COMPREPLY=($(compgen -W \"$kind\" -- \"$2\"))\n"
    "    fi\n"
    "}\n"
    "\n"
    "_paraudit_set()\n"
    "{\n"
    "    if [[ $1 == *=* ]]; then\n"
    "        _paraudit_key_value \"${1%%=*}\" \"${1#*=}\"\n"
    "        [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=(\"${COMPREPLY[@]/#/${1%%=*}=}\")\n"
    "    else\n"
    "        compopt -o nospace 2>/dev/null\n"
    "        COMPREPLY=($(compgen -S = -W \"$_paraudit_keys\" -- \"$1\"))\n"
    "    fi\n"
    "}\n"
    "\n"
    "# Of a flag, what its value may be.\n"
    "_paraudit_value()\n"
    "{\n"
    "    case $1 in\n"
    "    FILES) _paraudit_files -f \"$2\" ;;\n"
    "    FOLDERS) _paraudit_files -d \"$2\" ;;\n"
    "    KEYS) _paraudit_set \"$2\" ;;\n"
    "    ANY) ;;\n"
    "    *) COMPREPLY=($(compgen -W \"$1\" -- \"$2\")) ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "_paraudit()\n"
    "{\n"
    "    local words=() word joined= flag kind i\n"
    "    for word in \"${COMP_WORDS[@]:0:COMP_CWORD+1}\"; do\n"
    "        if ((${#words[@]} > 1)) && [[ $word == = || $joined ]]; then\n"
    "            words[${#words[@]}-1]+=$word\n"
    "        else\n"
    "            words+=(\"$word\")\n"
    "        fi\n"
    "        [[ $word == = ]] && joined=1 || joined=\n"
    "    done\n"
    "    local n=${#words[@]} cur=${words[${#words[@]}-1]} command=${words[1]}\n"
    "    COMPREPLY=()\n"
    "    if ((n == 2)); then\n"
    "        COMPREPLY=($(compgen -W \"$_paraudit_commands\" -- \"$cur\"))\n"
    "        return\n"
    "    fi\n"
    "    if [[ $cur == --*=* ]]; then\n"
    "        kind=$(_paraudit_flag \"$command\" \"${cur%%=*}\")\n"
    "        _paraudit_value \"${kind#* }\" \"${cur#*=}\"\n"
    "        [[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=(\"${COMPREPLY[@]/#/${cur%%=*}=}\")\n"
    "        return\n"
    "    fi\n"
    "    if [[ $cur == -* ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$(_paraudit_flags \"$command\")\" -- \"$cur\"))\n"
    "        return\n"
    "    fi\n"
    "    # The last flag before it, if this is its value, or one of its list.\n"
    "    for ((i = n - 2; i > 1; i--)); do\n"
    "        [[ ${words[i]} == --* ]] || continue\n"
    "        kind=$(_paraudit_flag \"$command\" \"${words[i]}\")\n"
    "        if [[ $kind == list* || ($kind == one* && $i -eq $((n - 2))) ]]; then\n"
    "            _paraudit_value \"${kind#* }\" \"$cur\"\n"
    "            return\n"
    "        fi\n"
    "        break\n"
    "    done\n"
    "    _paraudit_files -f \"$cur\"\n"
    "}\n"
    "complete -F _paraudit paraudit\n";

/* ---- flags ---- */

static bool begins_with(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* What the value of a flag is, by what --help calls it. */
static const char *kind_of(const char *value)
{
    if (begins_with(value, "SECTION.KEY")) return "KEYS";
    if (begins_with(value, "DIR") || begins_with(value, "FOLDER")) return "FOLDERS";
    if (begins_with(value, "FILE") || strchr(value, '.')) return "FILES";
    return "ANY";
}

/* "all|closed" of "... [--kind all|closed] ..." in a usage: its length; 0: none is said there, or
 * more than words. */
static size_t choices_of(const char *usage, const char *flag, const char **choices)
{
    size_t length = strlen(flag);
    for (const char *at = usage; (at = strstr(at, flag)); at += length) {
        if (at[length] != ' ') continue;
        *choices = at + length + 1;
        size_t n = strspn(*choices, "abcdefghijklmnopqrstuvwxyz|");
        return (*choices)[n] == ']' || (*choices)[n] == ' ' ? n : 0;
    }
    return 0;
}

static pa_status add_kind(const pa_command *c, const pa_flag *f, pa_buffer *text, pa_error *err)
{
    const char *choices;
    size_t n = choices_of(c->usage, f->name, &choices);
    PA_TRY(pa_buffer_printf(text, err, "    '%s %s') echo %s ", c->name, f->name,
                            strstr(f->value, " ...") ? "list" : "one"));
    if (n == 0) return pa_buffer_printf(text, err, "%s ;;\n", kind_of(f->value));
    for (size_t i = 0; i < n; i++)
        PA_TRY(pa_buffer_add(text, choices[i] == '|' ? " " : choices + i, 1, err));
    return pa_buffer_printf(text, err, " ;;\n");
}

static pa_status add_flag_names(size_t n, const pa_command *const commands[], pa_buffer *text,
                                pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "_paraudit_flags()\n{\n    case $1 in\n"));
    for (size_t i = 0; i < n; i++) {
        PA_TRY(pa_buffer_printf(text, err, "    %s) echo", commands[i]->name));
        for (const pa_flag *f = pa_flags_of(commands[i]); f->name; f++)
            PA_TRY(pa_buffer_printf(text, err, " %s", f->name));
        PA_TRY(pa_buffer_printf(text, err, " ;;\n"));
    }
    return pa_buffer_printf(text, err, "    esac\n}\n\n");
}

static pa_status add_flag_kinds(size_t n, const pa_command *const commands[], pa_buffer *text,
                                pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err,
                            "# \"one KIND\" or \"list KIND\" of a flag that takes a value.\n"
                            "_paraudit_flag()\n{\n    case \"$1 $2\" in\n"));
    for (size_t i = 0; i < n; i++) {
        for (const pa_flag *f = pa_flags_of(commands[i]); f->name; f++) {
            if (f->value) PA_TRY(add_kind(commands[i], f, text, err));
        }
    }
    return pa_buffer_printf(text, err, "    esac\n}\n\n");
}

/* ---- keys ---- */

static pa_status add_choices(const pa_option_spec *spec, pa_buffer *text, pa_error *err)
{
    if (spec->type == PA_OPTION_PATHS) return pa_buffer_printf(text, err, " FILES");
    if (spec->type == PA_OPTION_BOOL) return pa_buffer_printf(text, err, " true false");
    for (const char *c = spec->choices, *end; c && *c; c = end + (*end == '|')) {
        end = c + strcspn(c, "|");
        PA_TRY(pa_buffer_printf(text, err, " %.*s", (int)(end - c), c));
    }
    return PA_OK;
}

static bool has_choices(const pa_option_spec *spec)
{
    return spec->type == PA_OPTION_PATHS || spec->type == PA_OPTION_BOOL ||
           spec->type == PA_OPTION_CHOICE;
}

static pa_status add_keys(const pa_config *config, pa_buffer *text, pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err, "_paraudit_keys='"));
    for (size_t i = 0; i < pa_config_count(config); i++)
        PA_TRY(pa_buffer_printf(text, err, "%s%s", i ? " " : "", pa_config_spec(config, i)->key));
    PA_TRY(pa_buffer_printf(text, err,
                            "'\n\n# What a key may be.\n_paraudit_key()\n{\n    case $1 in\n"));
    for (size_t i = 0; i < pa_config_count(config); i++) {
        const pa_option_spec *spec = pa_config_spec(config, i);
        if (!has_choices(spec)) continue;
        PA_TRY(pa_buffer_printf(text, err, "    %s) echo", spec->key));
        PA_TRY(add_choices(spec, text, err));
        PA_TRY(pa_buffer_printf(text, err, " ;;\n"));
    }
    return pa_buffer_printf(text, err, "    esac\n}\n\n");
}

static pa_status add_all_keys(pa_buffer *text, pa_error *err)
{
    pa_config *config = NULL;
    pa_status st = pa_configure_defaults(&config, err);
    if (st == PA_OK) st = add_keys(config, text, err);
    pa_config_free(config);
    return st;
}

/* ---- the whole ---- */

pa_status pa_completion_write(size_t n, const pa_command *const commands[], pa_buffer *text,
                              pa_error *err)
{
    PA_TRY(pa_buffer_printf(text, err,
                            "# bash completion of paraudit " PARAUDIT_VERSION
                            ", made by `paraudit --completion`\n\n_paraudit_commands='"));
    for (size_t i = 0; i < n; i++) PA_TRY(pa_buffer_printf(text, err, "%s ", commands[i]->name));
    PA_TRY(pa_buffer_printf(text, err, "--help --version --man --completion'\n\n"));
    PA_TRY(add_flag_names(n, commands, text, err));
    PA_TRY(add_flag_kinds(n, commands, text, err));
    PA_TRY(add_all_keys(text, err));
    return pa_buffer_add(text, function, sizeof function - 1, err);
}
