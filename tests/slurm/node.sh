#!/usr/bin/env bash
# A node of the cluster that cluster.sh makes, till it is killed:  node.sh FOLDER NODE
# A host name, /tmp, /dev/shm, /etc/hosts and processes of its own. PARAUDIT_NODE_FOLDERS: what lies below /tmp
# and all nodes share, with colons between.
set -euo pipefail
folder=$1 node=$2
# What a node that was killed has left: a job that is queued again has the same steps.
rm -rf "$folder/tmp/$node" "$folder/spool/$node"
mkdir -p "$folder/tmp/$node" "$folder/spool/$node"
chmod 1777 "$folder/tmp/$node"
export SLURM_CONF=$folder/slurm.conf
exec unshare --uts --mount --pid --fork --kill-child --propagation private bash -c '
    set -euo pipefail
    folder=$1 node=$2
    hostname "$node"
    mount -t proc proc /proc
    mount -t tmpfs tmpfs /dev/shm
    mount --bind "$folder/hosts" /etc/hosts
    # What all nodes share stays where it is.
    all=$folder:${PARAUDIT_NODE_FOLDERS:-}
    IFS=:
    for shared in $all; do
        case $shared in /tmp/*)
            mkdir -p "$folder/tmp/$node${shared#/tmp}"
            mount --bind "$shared" "$folder/tmp/$node${shared#/tmp}" ;;
        esac
    done
    mount --rbind "$folder/tmp/$node" /tmp
    exec slurmd -D -N "$node"
' _ "$folder" "$node"
