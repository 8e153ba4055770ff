#!/usr/bin/env bash
# Reasons of the stage `patterns` name the rule, the items, the merchants: in the result, in
# alerts.csv and by `explain`, as the rows say them; the same bytes on 1 to 4 ranks and after a
# restart behind the stage; names of others steer nothing.
source "$(dirname "$0")/common.sh"
portfolio drawn.csv 20000
/usr/bin/python3 "$source/tests/program/pattern_names.py" plant drawn.csv p.csv
# The reasons are those of the patterns alone.
terms='rule_contradicted + basket_outlier + company_none_share + merchant_amount_surprise'
terms+=' + category_hour_surprise + 0.5 low_new_amounts_1d'
lean=(--set job.leave_out=boosting,iforest,ecod,tails --set "combinations.rule=1: $terms" --set alerts.per_day=40)
for ranks in 1 2 3 4; do audit "$ranks" "a$ranks" p.csv "${lean[@]}"; done
for ranks in 2 3 4; do
    same a1/audit.h5 "a$ranks/audit.h5"
    same a1/alerts.csv "a$ranks/alerts.csv"
done
/usr/bin/python3 "$source/tests/program/pattern_names.py" ids a1 60 >ids.txt
mapfile -t ids <ids.txt
"$program" explain a1 "${ids[@]}" --json >told.json
/usr/bin/python3 "$source/tests/program/pattern_names.py" compare a1 told.json \
    rule_contradicted basket_outlier company merchant_amount_surprise low_new_amounts_1d || fail "see above"

# The planted one.
shop='merchant=Kiosk, "No 1\x1b[2J" -> category=snacks in'
grep -F 77000777 a1/alerts.csv | found -F "${shop//\"/\"\"}" || fail "alerts.csv: $(grep -F 77000777 a1/alerts.csv)"
"$program" explain a1 77000777 --all >told.txt
grep -qF "against a rule that at most" told.txt && grep -F "$shop" told.txt | found -F ' %; here category=pearls]; ' ||
    fail "explain: $(cat told.txt)"
! grep -q "$(printf '\033')" told.txt a1/alerts.csv || fail "names are not written out"
"$program" explain a1 77000776 --all | found -F 'not scored' || fail "one of the history is scored"

# Stopped behind the stage, and resumed on other ranks from the model as it was saved.
struck=(env PARAUDIT_TEST_SIGNAL=15 PARAUDIT_TEST_SIGNAL_RANK=0 LD_PRELOAD="$bin/libsignal_at.so")
if [ -e "$bin/libsignal_at.so" ]; then
    job=(audit "$source/jobs/quickstart.ini" --quiet --set input.files=p.csv "${lean[@]}" --set checkpoint.every=0)
    calls=$(on 2 "${struck[@]}" "$program" "${job[@]}" --out counted 2>&1 | sed -n 's/^calls //p')
    resumed=0
    for percent in 30 25 35 20 40 15; do
        rm -rf struck
        rc=0
        on 2 "${struck[@]}" PARAUDIT_TEST_SIGNAL_AT=$((calls * percent / 100)) "$program" "${job[@]}" --out struck 2>/dev/null ||
            rc=$?
        [ $rc -eq 75 ] && grep -q 'event=stage name=patterns' struck/log.txt || continue
        ! grep -q 'event=stage name=alerts' struck/log.txt || continue
        on 3 "$program" resume struck --quiet
        same a1/audit.h5 struck/audit.h5
        same a1/alerts.csv struck/alerts.csv
        resumed=$((resumed + 1))
        break
    done
    [ $resumed -gt 0 ] || fail "no signal came between the stages"
fi
