# shellcheck shell=bash
# Installs Causeway into the hub with kubectl, from manifests/overlays/onebox and what only this machine knows.

# The kustomization on top of the overlay: image tags, platform settings, paths of the data directory.
write_install() { # write_install HUB-ADDRESS WEB-PORT
  local install=$data/install base host=registry.causeway.internal/causeway release_id
  release_id=$(. /etc/os-release && printf '%s' "$VERSION_ID")
  mkdir -p "$install" "$data/git"
  chown 65532:65532 "$data/git"
  base=$(realpath --relative-to="$install" "$CAUSEWAY_ROOT/manifests/overlays/onebox")
  jq -n --rawfile ca "$data/onebox/ca.pem" --arg hub "https://$1:6443" --argjson port "$2" --arg host "$host" \
    --arg tag "$platform_image_tag" --arg release "$release_id" --arg traefik "$(image_tag_of traefik)" '{
      registry: {host: "registry.causeway.internal", ca: $ca},
      git: {internal: "http://git.causeway-system.svc", public: "http://git.localhost:\($port)"},
      demos: {domain: "localhost", scheme: "http", port: $port},
      hub: {url: $hub},
      images: {
        operator: "\($host)/operator:\($tag)", builder: "\($host)/builder:\($tag)",
        "runner-local": "\($host)/runner-local:\($tag)", traefik: "\($host)/traefik:\($traefik)",
        registry: "\($host)/registry:2", "base-python": "\($host)/base-python:\($release)",
        "base-debian": "\($host)/base-debian:\($release)"}}' >"$install/platform.json"
  if [ ! -f "$data/git-password" ]; then
    (umask 077 && openssl rand -hex 24 >"$data/git-password")
  fi
  printf 'causeway:%s\n' "$(printf '%s' "$(cat "$data/git-password")" | sha256sum | cut -d' ' -f1)" >"$install/credentials"
  cp "$data/onebox/ca.pem" "$install/ca.crt"
  sed "s|/var/lib/causeway/onebox|$data/onebox|" "$CAUSEWAY_ROOT/manifests/overlays/onebox/terraform-runner-local.yaml" >"$install/terraform-runner-local.yaml"
  cat >"$install/git-volume.yaml" <<END
apiVersion: v1
kind: PersistentVolume
metadata:
  name: causeway-git
spec:
  hostPath:
    path: $data/git
END
  cat >"$install/git-dns.yaml" <<END
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata:
  name: git
  namespace: causeway-system
spec:
  endpoints:
    - dnsName: git.localhost
      recordType: A
      recordTTL: 30
      targets: ["$1"]
END
  cat >"$install/kustomization.yaml" <<END
# Written by ./causeway up.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - $base
  - git-dns.yaml
generatorOptions:
  disableNameSuffixHash: true
configMapGenerator:
  - name: platform
    namespace: causeway-system
    files: [platform.json]
  - name: registry-ca
    namespace: causeway-system
    files: [ca.crt]
  - name: registry-ca
    namespace: causeway-builds
    files: [ca.crt]
secretGenerator:
  - name: git-credentials
    namespace: causeway-system
    files: [credentials]
patches:
  - path: git-volume.yaml
  - path: terraform-runner-local.yaml
  # A new configuration starts new pods.
  - target: {kind: Deployment|StatefulSet, namespace: causeway-system}
    patch: |-
      - op: add
        path: /spec/template/metadata/annotations
        value: {causeway.dev/platform: "$(sha256sum <"$install/platform.json" | cut -c1-12)"}
images:
  - {name: causeway/operator, newName: $host/operator, newTag: "$platform_image_tag"}
  - {name: causeway/git, newName: $host/git, newTag: "$platform_image_tag"}
  - {name: causeway/traefik, newName: $host/traefik, newTag: "$(image_tag_of traefik)"}
END
}

image_tag_of() { # image_tag_of NAME: of an image of onebox/images
  awk -F '\t' -v name="$1" '$1 == name { sub(/.*:/, "", $2); print $2 }' "$(built images)/images.tsv"
}

apply() { k apply --server-side --force-conflicts --field-manager=causeway-install "$@" >>"$data/logs/install.log" 2>&1; }

install_causeway() { # install_causeway HUB-ADDRESS WEB-PORT
  write_install "$1" "$2"
  local key
  key=$( (cat "$data/install"/*; cd "$CAUSEWAY_ROOT" && find manifests crds -name '*.yaml' -print0 | sort -z | xargs -0 cat) | sha256sum | cut -c1-16)
  [ "$(k -n causeway-system get configmap causeway-install -o 'jsonpath={.data.key}' 2>/dev/null)" != "$key" ] || return 0
  step "Installing Causeway"
  : >"$data/logs/install.log"
  {
    apply -k "$CAUSEWAY_ROOT/crds" &&
      k wait --for=condition=Established --timeout=30s crd -l app.kubernetes.io/part-of=causeway >>"$data/logs/install.log" 2>&1 &&
      apply -k "$data/install" &&
      apply -k "$CAUSEWAY_ROOT/manifests/catalogue"
  } || {
    tail -n 15 "$data/logs/install.log" >&2
    fail "could not install Causeway into the hub (all of it: $data/logs/install.log)"
  }
  k -n causeway-system create configmap causeway-install "--from-literal=key=$key" --dry-run=client -o yaml | apply -f -
}
