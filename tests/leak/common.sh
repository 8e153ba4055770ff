# Sourced by the tests that look for leaks with valgrind.
source "$(dirname "$0")/../program/common.sh"
own_leaks=$source/tests/leak/own_leaks.py
command -v valgrind >/dev/null || { echo "SKIPPED: valgrind is missing"; exit 77; }

# leaks PROGRAM ...: runs it under valgrind and says what leaks of ours there are;
# the code is 1 where there are some, and 2 where the program itself fails.
leaks() {
    rm -f report.xml
    valgrind --quiet --leak-check=full --show-leak-kinds=definite --num-callers=50 --xml=yes --xml-file=report.xml \
        "$@" >/dev/null 2>stderr </dev/null || { echo "$*: exit code $?, $(cat stderr)"; return 2; }
    /usr/bin/python3 "$own_leaks" report.xml "$1"
}
