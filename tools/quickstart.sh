#!/usr/bin/env bash
# Installs what is missing, builds, makes a portfolio of about a million
# transactions, audits it with two ranks and says where the result is.
#   bash tools/quickstart.sh [FOLDER]     (default: build/quickstart)
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
out=${1:-$top/build/quickstart}

install_packages run
echo "building"
build release
paraudit=$top/build/release/bin/paraudit
mkdir -p "$out"

echo "making a portfolio"
mpirun -n 2 "$paraudit" generate --rows 1000000 --out "$out/portfolio.csv" --replace
echo "auditing it with 2 ranks"
mpirun -n 2 "$paraudit" audit jobs/quickstart.ini --set input.files="$out/portfolio.csv" --out "$out/audit" --replace
"$paraudit" evaluate "$out/audit"
cat <<END

The result is in $out/audit:
  alerts.csv   the alert queue, best first within a day
  audit.h5     everything behind it: open it with h5py, pandas or xarray (README)
  run.json     where time and memory went
Go on with: $paraudit verify $out/audit
END
