#!/usr/bin/env bash
# The manual page and bash's completion have every command, flag and key that --help has, are
# installed, and do what they should: the page in troff without a warning, the completion in bash.
source "$(dirname "$0")/common.sh"
cmake --install "$(dirname "$bin")" --prefix "$work/tree" >/dev/null
page=tree/share/man/man1/paraudit.1
script=tree/share/bash-completion/completions/paraudit
"$program" --man | cmp - $page || fail "the installed page is another"
"$program" --completion | cmp - $script || fail "the installed completion is another"
rc=0; "$program" --man >/dev/full 2>stderr || rc=$?
[ $rc -eq 74 ] && answered "standard output: cannot write" || fail "a full disk: $rc, $(cat stderr)"

# ---- all is in both ------------------------------------------------------------------------------
source $script
sed 's/\\&//g; s/\\-/-/g; s/\\f[BIR]//g; s/\\(aq/'\''/g' $page >plain
commands=$("$program" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
[ "$(wc -w <<<"$commands")" -gt 10 ] || fail "commands: $commands"
n=0
for command in $commands; do
    grep -qxF ".SS paraudit $command" plain || fail "the page has no $command"
    [[ " $_paraudit_commands " == *" $command "* ]] || fail "the completion has no $command"
    sed -n "/^\.SS paraudit $command\$/,/^\.S[SH] [^p]/p" plain | sed '2,${/^\.SS/,$d}' >part
    while read -r flag value; do
        n=$((n + 1))
        grep -qxF -- "$flag${value:+ $value}" part || fail "the page has no $command $flag $value"
        [[ " $(_paraudit_flags $command) " == *" $flag "* ]] || fail "the completion has no $command $flag"
        [ -z "$value" ] || [ -n "$(_paraudit_flag $command $flag)" ] || fail "the completion has no value of $command $flag"
    done < <("$program" $command --help | sed -n 's/^  \(--[a-z0-9-]*\)/\1/p')
done
[ $n -gt 100 ] || fail "only $n flags"
n=0
sed -n '/^\.SH CONFIGURATION/,/^\.SH ENV/p' plain >part
while read -r key; do
    n=$((n + 1))
    [[ " $_paraudit_keys " == *" $key "* ]] || fail "the completion has no $key"
    sed -n "/^\.SS \[${key%%.*}\]\$/,/^\.S[SH] [^[]/p" part | found -E "^${key#*.} (=|\(must)" || fail "the page has no $key"
done < <("$program" audit --help | sed -n 's/^\[\(.*\)\]$/[\1/p; s/^  \([a-z][a-z0-9_]*\) \( *(must\|=\).*/\1/p' |
    awk '/^\[/ {section = substr($0, 2); next} {print section "." $0}')
[ $n -eq "$(wc -w <<<"$_paraudit_keys")" ] && [ $n -gt 100 ] || fail "$n keys"

# ---- the page ------------------------------------------------------------------------------------
if command -v groff >/dev/null; then
    groff -man -ww -Tutf8 $page >shown 2>warnings
    [ ! -s warnings ] || fail "troff warns: $(head -n 5 warnings)"
    ! grep -aF '\(' shown || fail "an escape is shown"
    sed 's/\x1b\[[0-9;]*m//g' shown | found -aF -- '--set SECTION.KEY=VALUE' || fail "the page does not show a flag"
fi

# ---- the completion ------------------------------------------------------------------------------
# completes 'WORDS' WORD ...: with the cursor behind the last WORD, cut as bash does.
completes() {
    local expected=$1
    shift
    COMP_WORDS=(paraudit "$@") COMP_CWORD=$#
    _paraudit || true
    [ "$(printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' ')" = "${expected:+$expected }" ] || [ "$expected" = "${COMPREPLY[*]}" ] ||
        fail "paraudit $* completes to: ${COMPREPLY[*]}"
}
compopt() { :; } # outside of a completion bash refuses it
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
mkdir -p 'a folder' data
touch data/one.csv data/two.csv book.ini
PATH=$work/tree/bin:$PATH
unset PARAUDIT_PRESETS
completes 'audit' au
completes 'detect doctor' d
completes '--quiet' audit book.ini --q
completes '--basket --block' mine --b
completes 'checkpoint.every=' audit book.ini --set check
completes 'input.tx= input.tx_text=' audit book.ini --set input.tx
completes 'handbook' audit book.ini --set input.preset = han
completes 'generic handbook paysim sparkov tabformer ulb' audit book.ini --set input.preset =
completes 'audit handbook' audit book.ini --set evaluate.protocol = ''
completes 'true' audit book.ini --set forecast.run = t
completes 'data/one.csv data/two.csv' audit book.ini --set input.files = data/
completes 'data/one.csv' audit book.ini --set job.previous = data/o
completes 'all' mine x --kind a
completes 'arima auto' forecast x --model a
completes 'arima auto' forecast x --model = a
completes 'a folder' audit book.ini --out a
completes 'data' verify a --inputs 'a folder' dat
completes 'data/two.csv' check data/t
completes '' mine x --min-support d
completes '' nonsense --q
COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}
completes 'input.preset=handbook' audit book.ini --set input.preset=han
completes '--model=arima --model=auto' forecast x --model=a

# At a terminal, a tab pressed: bash cuts the words, and puts in what is answered.
/usr/bin/python3 - "$script" <<'END' >typed
import os
import pty
import sys
import time

pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="ready:")
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])


def wait(text):
    seen, end = b"", time.time() + 60
    while text not in seen:
        if time.time() > end:
            sys.exit(f"no {text}: {seen}")
        seen += os.read(fd, 4096)
    return seen


os.write(fd, f"source {sys.argv[1]}; paraudit() {{ printf '<%s>' \"$@\"; echo said; }}\n".encode())
os.write(fd, b"paraudit aud\tbook\t--set evaluate.proto\thand\t--out a\t --set input.files=data/o\t\n")
sys.stdout.buffer.write(wait(b">said"))
os.write(fd, b"exit\n")
END
found -aF '<audit><book.ini><--set><evaluate.protocol=handbook><--out><a folder/><--set><input.files=data/one.csv>said' <typed ||
    fail "typed: $(cat typed)"
