# Sourced first by tests that make several hosts of this machine.
#
#     apart COMMAND...     the script goes on in namespaces of its own: of processes, mounts and the network
#
# So nothing of it is left, whatever becomes of it, and it meets nobody's ports, names and processes. That takes
# root and rights that containers may not give; without them, or one of the commands, the test is skipped.

skip() {
    echo "SKIPPED: $*"
    exit 77
}

apart() {
    local command said rc
    if [ "${is_apart:-}" = yes ]; then
        ip link set lo up
        return
    fi
    for command in unshare ip "$@"; do
        command -v "$command" >/dev/null || skip "$command is not installed"
    done
    [ "$(id -u)" -eq 0 ] || skip "hosts of one's own take root"
    said=$(unshare --uts --mount --net --pid --fork --mount-proc sh -ec '
        hostname apart
        mount -t tmpfs tmpfs /dev/shm
        mount --bind /etc/hosts /etc/hosts
        ip link set lo up' 2>&1) || skip "no right to namespaces: $said"
    # Whoever is killed takes what is below along; asked to end, the script within tidies up.
    is_apart=yes setpriv --pdeathsig KILL unshare --mount --net --pid --fork --kill-child --mount-proc bash "$0" &
    trap 'kill -TERM $(pgrep -P $!)' TERM INT HUP
    until rc=0; wait $! || rc=$?; ! kill -0 $! 2>/dev/null; do :; done
    exit $rc
}
