# Several hosts on this machine, for a test: namespaces with a network between them, real TCP. Sourced
# behind tests/program/apart.sh and common.sh.
#
#     hosts_missing                    prints why there can be none here; fails where there can
#     hosts_up N MICROSECONDS [MOUNTS] hosts 1 to N (10.77.0.1, ...), so far from each other
#     on_host I COMMAND...             as if logged in there, in the folder that is here
#     over_hosts SLOTS N COMMAND...    mpirun from host 1, with so many ranks on each of N hosts
#     hosts_kill I                     the host and all that runs on it are gone at once
#     hosts_cut                        the last one is not to be reached any more
#     hosts_down
#
# Each has its own name, /dev/shm (of $shm bytes: 1g) and /tmp, but for what $shared names, folders with
# colons between. MOUNTS: a command that each host runs as it starts, with its number in $host.

hosts_missing() {
    local said
    said=$(ip tuntap add dev probe mode tap 2>&1) || { echo "no right to a network device: $said"; return 0; }
    ip tuntap del dev probe mode tap
    # Names of networks, that others have as well.
    said=$(mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns 2>&1) || { echo "no right to mounts: $said"; return 0; }
    return 1
}

hosts_start() { # I MOUNTS
    local folder=$hosts/tmp/$1
    mkdir -p "$folder"
    host=$1 shm=${shm:-1g} shared=${shared:-} ip netns exec "host$1" \
        unshare --uts --mount --propagation private bash -c '
            set -euo pipefail
            folder=$1 mounts=$2
            hostname "host$host"
            mount -t tmpfs -o size="$shm" tmpfs /dev/shm
            IFS=:
            for one in $shared; do
                case $one in /tmp/*)
                    mkdir -p "$folder${one#/tmp}"
                    mount --bind "$one" "$folder${one#/tmp}" ;;
                esac
            done
            unset IFS
            mount --rbind "$folder" /tmp
            eval "$mounts"
            exec sleep infinity
        ' _ "$folder" "$2" </dev/null >"$hosts/log.$1" 2>&1 &
    host_pid[$1]=$!
    disown # its end is no news
}

hosts_is_up() { [ "$(ps -o comm= -p "${host_pid[$1]}")" = sleep ]; }
hosts_is_ready() { [ -e "$hosts/switch" ] && found ready <"$hosts/switch"; }

hosts_up() { # N MICROSECONDS [MOUNTS]
    local i names=()
    n_hosts=$1 host_pid=()
    mkdir -p "$hosts"
    for ((i = 1; i <= $1; i++)); do
        names+=("host$i")
        ip netns add "host$i"
    done
    # Frames are as late as they should be, and not later where the machine is busy.
    nice -n -20 "$bin/host_switch" "$2" "${names[@]}" >"$hosts/switch" 2>&1 &
    switch_pid=$!
    within 60 hosts_is_ready || return 1
    for ((i = 1; i <= $1; i++)); do hosts_start $i "${3:-}"; done
    for ((i = 1; i <= $1; i++)); do within 60 hosts_is_up $i || return 1; done
}

on_host() {
    local entry=${host_pid[$1]}
    shift
    nsenter --target "$entry" --net --uts --mount -- bash -c 'cd "$1"; shift; exec "$@"' _ "$PWD" "$@"
}

# What mpirun calls to start its daemon on an address.
hosts_agent() {
    {
        echo '#!/bin/bash'
        echo 'while [ "${1#-}" != "$1" ]; do shift; done'
        echo 'address=$1; shift'
        echo 'case $address in'
        for ((i = 1; i <= n_hosts; i++)); do echo "10.77.0.$i) entry=${host_pid[$i]} ;;"; done
        echo 'esac'
        echo 'exec nsenter --target $entry --net --uts --mount -- bash -c "cd $PWD; exec $*"'
    } >"$hosts/agent"
    chmod +x "$hosts/agent"
}

over_hosts() { # SLOTS N COMMAND...
    local slots=$1 n=$2 i list=
    shift 2
    for ((i = 1; i <= n; i++)); do list+=,10.77.0.$i:$slots; done
    on_host 1 mpirun --mca plm rsh --mca plm_rsh_agent "$hosts/agent" --host "${list#,}" -n $((slots * n)) \
        --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 \
        --mca orte_keep_fqdn_hostnames 1 "$@" </dev/null
}

hosts_is_gone() { [ -z "$(ip netns pids "host$1")" ]; }

hosts_kill() {
    ip netns pids "host$1" | xargs -r kill -KILL
    within 60 hosts_is_gone "$1"
}

hosts_cut() { kill -USR1 $switch_pid; }

hosts_down() {
    local i
    for ((i = 1; i <= ${n_hosts:-0}; i++)); do hosts_kill $i || true; done
    [ -z "${switch_pid:-}" ] || kill -TERM $switch_pid 2>/dev/null || true
    [ -z "${switch_pid:-}" ] || wait $switch_pid 2>/dev/null || true
    for ((i = 1; i <= ${n_hosts:-0}; i++)); do ip netns del "host$i" 2>/dev/null || true; done
    n_hosts=0 switch_pid=
}
