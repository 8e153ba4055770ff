#!/usr/bin/env bash
# jobs/spack/package.py and jobs/paraudit.def, as far as that goes where neither Spack nor Apptainer
# is: they are well formed, of this version, and ask for all that tools/packages.txt lists as "run".
source "$(dirname "$0")/common.sh"
/usr/bin/python3 - "$source" <<'END'
import re
import subprocess
import sys
import types

top = sys.argv[1]
version = re.search(r"project\(paraudit VERSION ([0-9.]+)", open(top + "/CMakeLists.txt").read())[1]
run = [line.split()[1] for line in open(top + "/tools/packages.txt") if line.startswith("run ")]

# ---- Spack: the recipe is run with what it would find there, which writes down how it is called ----
said = {name: [] for name in ("depends_on", "version", "license", "maintainers", "requires", "generator")}


def note(name):
    return lambda *words, **named: said[name].append((words, named))


class CMakePackage:
    run_tests = False

    def define(self, name, value):
        return f"-D{name}={value}"


for path in ("spack_repo", "spack_repo.builtin", "spack_repo.builtin.build_systems", "spack"):
    sys.modules[path] = types.ModuleType(path)
cmake = sys.modules["spack_repo.builtin.build_systems.cmake"] = types.ModuleType("cmake")
cmake.CMakePackage = CMakePackage
package = sys.modules["spack.package"] = types.ModuleType("package")
for name in said:
    setattr(package, name, note(name))
path = top + "/jobs/spack/package.py"
names = {}
exec(compile(open(path).read(), path, "exec"), names)
recipe = names["Paraudit"]()
assert [words for words, named in said["version"]] == [(version,)], said["version"]
asked = {re.match("[a-z0-9-]+", words[0])[0] for words, named in said["depends_on"]}
of = {"build-essential": "c", "ninja-build": "ninja", "pkg-config": "pkgconfig", "libopenmpi-dev": "openmpi",
      "openmpi-bin": "openmpi", "libhdf5-openmpi-dev": "hdf5", "hdf5-tools": "hdf5", "libopenblas-dev": "openblas",
      "libinih-dev": "libinih", "libjansson-dev": "jansson", "libxxhash-dev": "xxhash",
      "librandom123-dev": "random123", "libssl-dev": "openssl", "zlib1g-dev": "zlib-api", "libzstd-dev": "zstd",
      "libcunit1-dev": "cunit"}
system = {"tzdata"}  # of the system, in Spack's eyes
wanted = {of.get(name, name) for name in run if name not in system}
assert asked == wanted, (asked - wanted, wanted - asked)
options = open(top + "/CMakeLists.txt").read()
for argument in recipe.cmake_args():
    name = re.match("-D([A-Z0-9_]+)=", argument)[1]
    assert re.search(rf"\b{name}\b", options), argument

# ---- Apptainer: headers, then sections; scripts are read by sh ----
text = open(top + "/jobs/paraudit.def").read()
stages = text.split("Bootstrap: ")[1:]
assert len(stages) == 2 and all(s.startswith("docker\nFrom: debian:12-slim\nStage: ") for s in stages), stages
known = {"files", "post", "environment", "runscript", "test", "labels", "help"}
for stage in stages:
    parts = re.split(r"^%([a-z]+)(.*)\n", stage, flags=re.M)
    for section, words, body in zip(parts[1::3], parts[2::3], parts[3::3]):
        assert section in known and words in ("", " from build"), (section, words)
        if section in ("post", "environment", "runscript", "test"):
            subprocess.run(["sh", "-n"], input=body, text=True, check=True)
assert "%files from build" in stages[1] and "Stage: build" in stages[0]
assert f"Version {version}\n" in text
listed = re.search(r"--no-install-recommends \$\((awk .*)\)", stages[0])[1]
assert subprocess.run(listed, shell=True, cwd=top, text=True, stdout=subprocess.PIPE).stdout.split() == run
END

# The packages of the libraries, as the definition finds them, are there.
if command -v dpkg >/dev/null; then
    sed -n '/for library in/,/sort -u/p' "$source/jobs/paraudit.def" | sed "s|/opt/paraudit/bin/paraudit|$program|; s|>/opt.*||" >find.sh
    sh find.sh >found.txt
    for library in libopenmpi libhdf5-openmpi libinih libjansson libxxhash libzstd libssl; do
        grep -q "^$library" found.txt || fail "no package of $library: $(tr '\n' ' ' <found.txt)"
    done
fi
