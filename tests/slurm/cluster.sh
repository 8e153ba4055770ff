# A small Slurm for a test, of this machine alone: no systemd, all state below one folder, every daemon ended by
# its process id. Sourced behind tests/program/apart.sh and common.sh; $cluster is the folder.
#
#     cluster_up NODES CPUS     munge, slurmctld, and nodes n1, n2, ... of so many (pretended) processors
#     cluster_kill NODE         the node and all that runs on it are gone at once
#     cluster_start NODE        and are back, empty
#     cluster_down
#
# Each node has its own host name, /tmp and /dev/shm (tests/slurm/node.sh). Without them Open MPI takes the
# ranks of two nodes for neighbours in one shared memory, and mpi/pmix finds the folder of the other node.

cluster_munge() {
    mkdir -p "$cluster/munge"
    chmod 0711 "$cluster/munge"
    dd if=/dev/urandom of="$cluster/munge/key" bs=128 count=1 status=none
    chmod 0400 "$cluster/munge/key"
    # Forced: it wants no folder above its own that others may write to, as /tmp is.
    munged --force --socket="$cluster/munge/socket" --key-file="$cluster/munge/key" \
        --pid-file="$cluster/munge/pid" --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed" \
        --num-threads=2 >/dev/null 2>&1
    within 60 test -S "$cluster/munge/socket"
}

cluster_configure() { # NODES CPUS
    local host port i
    host=$(hostname -s) port=10000
    cat >"$cluster/slurm.conf" <<END
ClusterName=paraudit
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A credential soon expires: a job that is queued again waits for that.
AuthInfo=socket=$cluster/munge/socket,cred_expire=10
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool/%n
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.%n.pid
SlurmctldLogFile=$cluster/log/slurmctld
SlurmdLogFile=$cluster/log/slurmd.%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
MpiParams=ports=$((port + 50))-$((port + 99))
MinJobAge=3600
ReturnToService=2
JobRequeue=1
KillWait=30
MessageTimeout=20
SlurmdTimeout=10
PropagateResourceLimitsExcept=ALL
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
END
    cat /etc/hosts >"$cluster/hosts"
    echo CgroupPlugin=cgroup/v1 >"$cluster/cgroup.conf"
    for ((i = 1; i <= $1; i++)); do
        echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1 + i)) CPUs=$2 RealMemory=2000 State=UNKNOWN" >>"$cluster/slurm.conf"
        echo "127.0.0.1 n$i" >>"$cluster/hosts"
    done
    echo "PartitionName=batch Nodes=n[1-$1] Default=YES MaxTime=60 State=UP" >>"$cluster/slurm.conf"
}

cluster_start() { # NODE
    bash "$(dirname "${BASH_SOURCE[0]}")/node.sh" "$cluster" "$1" </dev/null >>"$cluster/log/node.$1" 2>&1 &
    node_pid[$1]=$!
}

# The first process of the node's own PID namespace takes all others with it.
cluster_kill() { # NODE
    local first
    first=$(pgrep -P "${node_pid[$1]}") && kill -KILL $first
    wait "${node_pid[$1]}" 2>/dev/null || true
    unset "node_pid[$1]"
}

cluster_idle() { # NODES
    [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | sort -u | wc -l)" -eq "$1" ]
}

cluster_up() { # NODES CPUS
    local i
    declare -gA node_pid=()
    mkdir -p "$cluster"/{state,spool,log}
    chmod 0755 "$cluster"
    cluster_munge
    cluster_configure "$1" "$2"
    export SLURM_CONF=$cluster/slurm.conf
    slurmctld -D </dev/null >"$cluster/log/slurmctld.out" 2>&1 &
    controller=$!
    for ((i = 1; i <= $1; i++)); do cluster_start "n$i"; done
    within 120 cluster_idle "$1"
}

cluster_down() {
    local node
    [ -e "$cluster/slurm.conf" ] || return 0
    for node in "${!node_pid[@]}"; do cluster_kill "$node" || true; done
    [ -z "${controller:-}" ] || kill -TERM "$controller" 2>/dev/null || true
    [ -z "${controller:-}" ] || wait "$controller" 2>/dev/null || true
    [ ! -e "$cluster/munge/pid" ] || kill -TERM "$(cat "$cluster/munge/pid")" 2>/dev/null || true
}
