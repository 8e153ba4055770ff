#!/usr/bin/env bash
# Checks that every include keeps to the layers.  bash tools/layers.sh BUILD
#
# BUILD/layers.txt, which configuring writes, says of each target its sources, the targets
# that it links (LINKS) and the libraries of others that it uses (USES). Then
#   - a header of ours, by whatever path, belongs to a target that the includer links,
#     directly or not;
#   - a header of a library of others, met on any way, needs that library among the USES;
#   - a private header stays in its folder, and the random generator behind base/draw;
#   - folders include each other in one direction, and headers never in a circle.
# Silent when all is well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:?usage: bash tools/layers.sh BUILD}

# Every source and header, then every include of them: FILE<blank>INCLUDED, as it stands.
includes() {
    find src include -name '*.[ch]' | LC_ALL=C sort
    find src include -name '*.[ch]' | LC_ALL=C sort |
        xargs grep -HoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^>"]+' |
        sed -E 's/:[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]/ /'
}

awk -v layers="$build/layers.txt" '
function fail(text) { print text; bad = 1 }

# The folder of a file of ours: src/FOLDER/x.c, include/paraudit/FOLDER/x.h.
function folder_of(file, part, n) {
    n = split(file, part, "/")
    return part[1] == "src" ? (n > 2 ? part[2] : "main") : part[3]
}

# A target and all that it links.
function close_over(target, top, i, n, list) {
    if ((top, target) in closure) return
    closure[top, target] = 1
    n = split(links[target], list, ";")
    for (i = 1; i <= n; i++) close_over(list[i], top)
}

# Whether `target` may include the public header `file`.
function may_see(target, file, i, n, list, owner) {
    owner = owner_of[file]
    if (owner != "") return (target, owner) in closure
    n = split(targets_in[folder_of(file)], list, " ")
    for (i = 1; i <= n; i++) if ((target, list[i]) in closure) return 1
    return 0
}

# The file of ours that an include names, or "".
function resolve(from, name, here) {
    here = from
    if (name ~ /^paraudit\//) here = "include/" name
    else sub(/[^\/]*$/, name, here)
    gsub(/\/(\.\/)+/, "/", here)
    while (sub(/(^|\/)[^\/.]+\/\.\.\//, "/", here)) sub(/^\//, "", here)
    return name ~ /^paraudit\// || here in is_file ? here : ""
}

# Everything that `file` includes, seen from a source of `target`.
function walk(target, source, file, i, n, list, to) {
    if ((target, source, file) in walked) return
    walked[target, source, file] = 1
    n = split(included[file], list, " ")
    for (i = 1; i <= n; i++) {
        to = resolve(file, list[i])
        if (to == "") check_library(target, source, file, list[i])
        else {
            # A private header speaks for the source that includes it, a public one for its own target.
            if (to ~ /^src/ && folder_of(to) != folder_of(file)) complain_private(file, list[i], to)
            if (to ~ /^include/ && file ~ /^src/ && !may_see(target, to))
                complain(target, file, list[i])
            walk(target, source, to)
        }
    }
}

function complain(target, file, name) {
    if ((file, name) in told) return
    told[file, name] = 1
    fail(file " includes " name ": " target " does not link a target of " folder_of(resolve(file, name)))
}

function complain_private(file, name, to) {
    if ((file, name) in told) return
    told[file, name] = 1
    fail(file " includes " name ": private to " folder_of(to))
}

function check_library(target, source, file, name, i, n) {
    if (name ~ /^Random123\// && file != "src/base/draw.c" && !((file, name) in told)) {
        told[file, name] = 1
        fail(file " includes " name ": src/base/draw.c alone draws")
    }
    for (i = 1; i <= n_libraries; i++) {
        if (name !~ pattern[i] || uses[target] ~ library[i]) continue
        if ((target, file, name) in told) continue
        told[target, file, name] = 1
        fail(file " includes " name ": " target " does not use " library[i] (file == source ? "" : " (by way of " source ")"))
    }
}

# Depth first over an acyclic graph; otherwise says the circle.
function visit(node, graph, path, i, n, list) {
    if (state[node] == 2) return
    if (state[node] == 1) {
        if (!circle) fail(graph ": " substr(path, index(" " path " ", " " node " ")) " " node)
        circle = 1
        return
    }
    state[node] = 1
    n = split(edges[node], list, " ")
    for (i = 1; i <= n; i++) visit(list[i], graph, path == "" ? node : path " " node)
    state[node] = 2
}

BEGIN {
    FS = "|"
    while ((getline line < layers) > 0) {
        split(line, field, "|")
        links[field[1]] = field[3]
        uses[field[1]] = field[4]
        order[++n_targets] = field[1]
        n = split(field[2], list, ";")
        for (i = 1; i <= n; i++) {
            sources[field[1]] = sources[field[1]] " " list[i]
            f = folder_of(list[i])
            if (index(targets_in[f] " ", field[1] " ") == 0) targets_in[f] = targets_in[f] " " field[1]
            header = list[i]
            sub(/^src/, "include/paraudit", header)
            sub(/\.c$/, ".h", header)
            owner_of[header] = field[1]
        }
    }
    if (n_targets == 0) { print layers ": no targets; configure first"; exit 1 }
    n = split("^mpi\\.h$ MPI::MPI_C ^(hdf5|H5[A-Za-z]*public)\\.h$ HDF5::HDF5 ^hdf5_hl\\.h$ hdf5::hdf5_hl ^openssl/ OpenSSL::Crypto ^zlib\\.h$ ZLIB ^zstd\\.h$ ZSTD " \
              "^jansson\\.h$ JANSSON ^ini\\.h$ INIH ^xxhash\\.h$ XXHASH ^(cblas|lapacke)\\.h$ BLAS::BLAS", list, " ")
    for (i = 1; i < n; i += 2) { pattern[++n_libraries] = list[i]; library[n_libraries] = list[i + 1] }
    FS = " "
}

NF == 1 { is_file[$1] = 1 }

NF == 2 {
    included[$1] = included[$1] " " $2
}

END {
    if (n_targets == 0) exit 1
    for (t = 1; t <= n_targets; t++) close_over(order[t], order[t])
    for (t = 1; t <= n_targets; t++) {
        n = split(sources[order[t]], list, " ")
        for (i = 1; i <= n; i++) walk(order[t], list[i], list[i])
    }
    # Public headers, each for its own target; one without a target of its own for its folder.
    for (file in included) {
        if (file !~ /^include/) continue
        n = split(included[file], list, " ")
        for (i = 1; i <= n; i++) {
            to = resolve(file, list[i])
            if (to == "" || folder_of(to) == folder_of(file)) continue
            seen = 0
            m = split(owner_of[file] != "" ? owner_of[file] : targets_in[folder_of(file)], owner, " ")
            for (k = 1; k <= m; k++) seen = seen || may_see(owner[k], to)
            if (!seen) complain(owner_of[file] != "" ? owner_of[file] : "the folder " folder_of(file), file, list[i])
        }
    }
    for (file in included) {
        a = folder_of(file)
        folders[a] = 1
        n = split(included[file], list, " ")
        for (i = 1; i <= n; i++) {
            to = resolve(file, list[i])
            if (to == "") continue
            b = folder_of(to)
            if (a != b && index(edges[a] " ", " " b " ") == 0) edges[a] = edges[a] " " b
        }
    }
    for (a in folders) visit(a, "folders include each other in a circle", "")
    split("", state); split("", edges); circle = 0
    for (file in included) {
        n = split(included[file], list, " ")
        for (i = 1; i <= n; i++) {
            to = resolve(file, list[i])
            if (to != "" && to ~ /\.h$/ && file ~ /\.h$/) edges[file] = edges[file] " " to
        }
    }
    for (file in included) if (file ~ /\.h$/) visit(file, "headers include each other in a circle", "")
    exit bad
}
' < <(includes)
