# Sourced by the tests of inputs: a small portfolio, good.csv, and audit.ini, which
# takes nothing that it cannot use, and without the stages that would take most of the time.
columns=tx,account,merchant,time,amount,label

# rows FIRST LAST: 20 accounts, 7 merchants, 4 months.
rows() {
    awk -v first="$1" -v last="$2" 'BEGIN {
        for (i = first; i <= last; i++)
            printf "%d,A%02d,M%d,2024-%02d-%02d %02d:%02d:00,%d.%02d,%d\n", i, i * 7 % 20, i * 5 % 7,
                1 + int(i / 60), 1 + int(i / 60 * 28) % 28, i * 11 % 24, i % 60, i % 90, i % 100, i % 40 == 0
    }'
}
{ echo $columns; rows 0 239; } >good.csv
cat >audit.ini <<END
[input]
files = good.csv
max_rejects = 0
max_reject_share = 1
[split]
audit_from = 2024-04-10
audit_until = 2024-04-20
[job]
leave_out = history,merchants,patterns,embedding,expected,forecast,tails,combinations,iforest,ecod,boosting
END
