#!/usr/bin/env bash
# Makes what an instance of onebox begins with (`causeway-onebox serve --preload FOLDER`), so that nobody pushes and no node
# pulls what is known beforehand: FOLDER/registry, a registry's storage with every image, and FOLDER/containerd, a node's with
# those that nodes run. The programs that will read them write them, in namespaces of their own.
#   preload.sh FOLDER <LIST    a line for each image, between tabs: causeway/NAME:TAG, the folder with its OCI layout, "node" or "-"
# Needs root, an empty FOLDER, and a disk that overlays can be on.
set -euo pipefail
here=$(realpath "${BASH_SOURCE[0]}")
registry_host=registry.causeway.internal

if [ "${2:-}" != in-namespaces ]; then
	# Whatever is started in there ends with it, mounts included.
	exec unshare --mount --propagation private --net --pid --fork --kill-child --mount-proc "$BASH" "$here" "$(realpath "$1")" in-namespaces
fi

folder=$1 settings=/run/preload
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir -p "$folder/registry" "$folder/containerd" "$settings"

cat >"$settings/registry.yml" <<END
version: 0.1
log: {accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: "$folder/registry"}}
http: {addr: "127.0.0.1:5000"}
END
cat >"$settings/containerd.toml" <<END
version = 2
root = "$folder/containerd"
state = "/run/containerd"
required_plugins = ["io.containerd.snapshotter.v1.overlayfs"]
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing",
  "io.containerd.tracing.processor.v1.otlp", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
END
docker-registry serve "$settings/registry.yml" >"$settings/registry.log" 2>&1 &
registry=$!
containerd --log-level error --config "$settings/containerd.toml" >&2 &
containerd=$!

until_answers() { # until_answers PROCESS COMMAND…: until COMMAND succeeds; fails when PROCESS ends before
	local process=$1
	shift
	until "$@" >/dev/null 2>&1; do
		kill -0 "$process" 2>/dev/null || return
		sleep 0.1
	done
}
until_answers "$registry" curl -fsS http://127.0.0.1:5000/v2/ || { cat "$settings/registry.log" >&2; exit 1; }
until_answers "$containerd" ctr version

layouts=()
while IFS=$'\t' read -r reference layout where; do
	layouts+=("$layout")
	skopeo copy --quiet --preserve-digests --dest-tls-verify=false "oci:$layout" "docker://127.0.0.1:5000/$reference" >&2
	[ "$where" != node ] ||
		tar -C "$layout" -c . | ctr -n k8s.io images import --base-name "$registry_host/${reference%:*}" - >&2
done

kill "$registry" "$containerd"
wait "$registry" "$containerd" || true

# A file that the layouts have, too, is once on the disk.
for layout in "${layouts[@]}"; do
	for blob in "$layout"/blobs/sha256/*; do
		digest=${blob##*/}
		for same in "$folder/registry/docker/registry/v2/blobs/sha256/${digest:0:2}/$digest/data" \
			"$folder/containerd/io.containerd.content.v1.content/blobs/sha256/$digest"; do
			if [ -f "$same" ]; then ln -f "$blob" "$same"; fi
		done
	done
done
