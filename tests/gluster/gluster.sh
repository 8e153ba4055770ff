# A volume of GlusterFS on this machine, for a test, and two mounts of it, each a client with caches of its own, as
# two hosts have them. No glusterd: the daemons read their volume files, and are ended by their process ids. Sourced
# behind tests/program/common.sh; $gluster is the folder.
#
#     gluster_missing     prints why there can be none here; fails where there can
#     gluster_up          $gluster/brick, what the server has, and $gluster/0 and $gluster/1, what clients see of it
#     gluster_down

gluster_missing() {
    local command
    for command in glusterfsd glusterfs; do
        command -v $command >/dev/null || { echo "$command is not installed"; return 0; }
    done
    [ "$(id -u)" -eq 0 ] || { echo "mounting takes root"; return 0; }
    [ -c /dev/fuse ] || { echo "there is no /dev/fuse"; return 0; }
    return 1
}

# A port drawn by the process, of those below the ephemeral ones.
gluster_port=$((10000 + $$ % 20000))

# What a volume that glusterd makes has: ranks' writes are held back, and what was read is kept, by the client.
gluster_volumes() {
    cat >"$gluster/server.vol" <<END
volume disk
  type storage/posix
  option directory $gluster/brick
end-volume
volume locks
  type features/locks
  subvolumes disk
end-volume
volume brick
  type performance/io-threads
  subvolumes locks
end-volume
volume server
  type protocol/server
  option transport-type tcp
  option transport.socket.bind-address 127.0.0.1
  option transport.socket.listen-port $gluster_port
  option auth.addr.brick.allow 127.0.0.1
  option auth-path brick
  subvolumes brick
end-volume
END
    cat >"$gluster/client.vol" <<END
volume client
  type protocol/client
  option transport-type tcp
  option remote-host 127.0.0.1
  option remote-port $gluster_port
  option remote-subvolume brick
end-volume
END
    local below=client layer
    for layer in write-behind read-ahead io-cache quick-read open-behind md-cache; do
        printf 'volume %s\n  type performance/%s\n  subvolumes %s\nend-volume\n' $layer $layer $below >>"$gluster/client.vol"
        below=$layer
    done
}

gluster_sees() { [ "$(cat "$gluster/$1/sign" 2>/dev/null)" = sign ]; }

gluster_up() {
    local i
    mkdir -p "$gluster/brick" "$gluster/0" "$gluster/1"
    echo sign >"$gluster/sign"
    gluster_volumes
    glusterfsd -f "$gluster/server.vol" -l "$gluster/server.log" -p "$gluster/server.pid" || return 1
    for i in 0 1; do
        glusterfs -f "$gluster/client.vol" -l "$gluster/client.$i.log" -p "$gluster/client.$i.pid" "$gluster/$i" || return 1
    done
    within 30 cp "$gluster/sign" "$gluster/0/sign" 2>/dev/null || return 1
    for i in 0 1; do within 30 gluster_sees $i || return 1; done
}

gluster_down() {
    local i
    for i in 0 1; do umount --lazy "$gluster/$i" 2>/dev/null || true; done
    for i in client.0 client.1 server; do
        [ ! -s "$gluster/$i.pid" ] || kill -TERM "$(cat "$gluster/$i.pid")" 2>/dev/null || true
    done
    for i in 0 1; do within 10 eval "! mountpoint -q '$gluster/$i'" || true; done
}
