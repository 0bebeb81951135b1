# shellcheck shell=bash
# Installs Causeway with kubectl: an overlay of manifests/, and on top what only this installation knows.

# What an installation is told. The caller sets:
#   overlay       folder of manifests/overlays
#   registry      the registry's name for nodes and builds
#   registry_ca   a file with the authority of its certificate, "" where every machine trusts it
#   git_url       people's address of the git server
#   web_url       people's address of everything else
#   domain, port  of the demos' addresses
#   hub_url       where regions reach the hub's API server
#   pods          the range of the pods' addresses, the gateway's among them
declare -A site=()

# Whose the quick-start is, and who administers the platform at first.
first_user=ada

release_id() { (. /etc/os-release && printf '%s' "$VERSION_ID"); }

image_tag_of() { # image_tag_of NAME: of an image of onebox/images
  awk -F '\t' -v name="$1" '$1 == name { sub(/.*:/, "", $2); print $2 }' "$(built images)/images.tsv"
}

# The ConfigMap `platform` (operator/settings.hpp).
platform_settings() {
  jq -n --rawfile ca "${site[registry_ca]:-/dev/null}" --arg registry "${site[registry]}" --arg git "${site[git_url]}" \
    --arg domain "${site[domain]}" --argjson port "${site[port]}" --arg hub "${site[hub_url]}" \
    --arg tag "$platform_image_tag" --arg release "$(release_id)" --arg traefik "$(image_tag_of traefik)" '
      ($registry + "/causeway") as $host | {
      registry: {host: $registry, ca: $ca},
      git: {internal: "http://git.causeway-system.svc", public: $git},
      demos: {domain: $domain, scheme: "http", port: $port},
      hub: {url: $hub},
      images: {
        operator: "\($host)/operator:\($tag)", builder: "\($host)/builder:\($tag)",
        "runner-local": "\($host)/runner-local:\($tag)", traefik: "\($host)/traefik:\($traefik)",
        registry: "\($host)/registry:2", "base-python": "\($host)/base-python:\($release)",
        "base-debian": "\($host)/base-debian:\($release)"}}'
}

ingress() { # ingress SERVICE URL [PATH SERVICE-THERE]
  cat <<END
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: $1
  namespace: causeway-system
spec:
  ingressClassName: causeway
  rules:
    - host: $(sed -E 's|^[a-z]+://||; s|:[0-9]+$||' <<<"$2")
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: $1, port: {name: http}}}
END
  [ -z "${3:-}" ] || cat <<END
          - path: $3
            pathType: Prefix
            backend: {service: {name: $4, port: {name: http}}}
END
}

# keep_password FILE: made once; people read it there.
keep_password() { [ -f "$1" ] || (umask 077 && openssl rand -hex 24 >"$1"); }

# Nothing is left of another kind of installation in the same data directory.
new_install() {
  mkdir -p "$data/install"
  rm -f "$data/install"/more-* "$data/install"/patch-* "$data/install/ca.crt"
}

# DIR/install: the kustomization on top of the overlay. Patches of the caller's lie there already as patch-*.yaml, and
# resources of its as more-*.yaml.
write_install() {
  local install=$data/install base host=${site[registry]}/causeway
  base=$(realpath --relative-to="$install" "$CAUSEWAY_ROOT/manifests/overlays/${site[overlay]}")
  platform_settings >"$install/platform.json"
  keep_password "$data/git-password"
  keep_password "$data/first-password"     # the first administrator's, and
  keep_password "$install/initial-password" # the one to begin with: cli/first_step.sh
  keep_password "$install/database-password"
  keep_password "$install/apiserver-secret"
  keep_password "$install/second-factor-key"
  [ -f "$install/identity-key" ] || (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$install/identity-key")
  rm -f "$install/first-password" # of an earlier version
  printf 'causeway:%s\n' "$(printf '%s' "$(cat "$data/git-password")" | sha256sum | cut -d' ' -f1)" >"$install/credentials"
  local authority=''
  if [ -n "${site[registry_ca]}" ]; then
    cp "${site[registry_ca]}" "$install/ca.crt"
    authority='files: [ca.crt]'
  fi
  ingress git "${site[git_url]}" >"$install/more-git-ingress.yaml"
  ingress causeway-apiserver "${site[web_url]}" /api/v1/content git >"$install/more-web-ingress.yaml"
  cat >"$install/kustomization.yaml" <<END
# Written by ./causeway up.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - $base
$(cd "$install" && printf '  - %s\n' more-*.yaml)
generatorOptions:
  disableNameSuffixHash: true
configMapGenerator:
  - name: platform
    namespace: causeway-system
    files: [platform.json]
  - name: registry-ca
    namespace: causeway-system
    $authority
  - name: registry-ca
    namespace: causeway-builds
    $authority
  - name: causeway-apiserver
    namespace: causeway-system
    literals:
      - PUBLIC_URL=${site[web_url]}
      - HUB_URL=${site[hub_url]}
      - DATABASE_URL=postgresql://causeway@postgresql/causeway
      - TRUSTED_PROXY=${site[pods]}
secretGenerator:
  - name: git-credentials
    namespace: causeway-system
    files: [credentials]
  - name: causeway-apiserver
    namespace: causeway-system
    files: [secret=apiserver-secret]
  - name: identity-keys
    namespace: causeway-system
    files: [1.pem=identity-key]
  - name: second-factor-keys
    namespace: causeway-system
    files: [1.key=second-factor-key]
  - name: postgresql-credentials
    namespace: causeway-system
    files: [password=database-password]
  - name: first-administrator
    namespace: causeway-system
    files: [password=initial-password]
    literals: [name=$first_user, email=$first_user@localhost]
patches:
$(cd "$install" && for patch in patch-*.yaml; do [ ! -f "$patch" ] || printf '  - path: %s\n' "$patch"; done)
  # A new configuration starts new pods.
  - target: {kind: Deployment|StatefulSet, name: causeway-.*|git, namespace: causeway-system}
    patch: |-
      - op: add
        path: /spec/template/metadata/annotations
        value: {causeway.dev/platform: "$(sha256sum <"$install/platform.json" | cut -c1-12)"}
images:
  - {name: causeway/operator, newName: $host/operator, newTag: "$platform_image_tag"}
  - {name: causeway/webhooks, newName: $host/webhooks, newTag: "$platform_image_tag"}
  - {name: causeway/apiserver, newName: $host/apiserver, newTag: "$platform_image_tag"}
  - {name: causeway/postgresql, newName: $host/postgresql, newTag: "$(release_id)"}
  - {name: causeway/git, newName: $host/git, newTag: "$platform_image_tag"}
  - {name: causeway/traefik, newName: $host/traefik, newTag: "$(image_tag_of traefik)"}
END
}

# What a cluster of onebox needs beside: storage in the data directory, the socket for Terraform, a name for git.
write_onebox_install() { # write_onebox_install HUB-ADDRESS
  local install=$data/install
  mkdir -p "$data/git" "$data/postgresql"
  chown 65532:65532 "$data/git" "$data/postgresql"
  sed "s|/var/lib/causeway/onebox|$data/onebox|" "$CAUSEWAY_ROOT/manifests/overlays/onebox/terraform-runner-local.yaml" >"$install/patch-terraform-runner-local.yaml"
  cat >"$install/patch-git-volume.yaml" <<END
apiVersion: v1
kind: PersistentVolume
metadata:
  name: causeway-git
spec:
  hostPath:
    path: $data/git
END
  cat >"$install/patch-postgresql-volume.yaml" <<END
apiVersion: v1
kind: PersistentVolume
metadata:
  name: causeway-postgresql
spec:
  hostPath:
    path: $data/postgresql
END
  cat >"$install/more-dns.yaml" <<END
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata:
  name: causeway
  namespace: causeway-system
spec:
  endpoints:
    - {dnsName: git.localhost, recordType: A, recordTTL: 30, targets: ["$1"]}
    - {dnsName: causeway.localhost, recordType: A, recordTTL: 30, targets: ["$1"]}
END
}

apply() { k apply --server-side --force-conflicts --field-manager=causeway-install "$@" >>"$data/logs/install.log" 2>&1; }

# kustomize_over FOLDER BASE: FOLDER is BASE, changed by the patches on standard input.
kustomize_over() {
  mkdir -p "$1"
  {
    cat <<END
# Written by ./causeway up.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - $(realpath --relative-to="$1" "$2")
patches:
END
    cat
  } >"$1/kustomization.yaml"
}

# Where external-dns is installed, its own CRD serves, and stays when Causeway goes.
apply_crds() {
  local there crds=$CAUSEWAY_ROOT/crds
  there=$(k get crd dnsendpoints.externaldns.k8s.io --ignore-not-found -o json) || return 1
  if [ -n "$there" ] && [ "$(jq -r '.metadata.labels["app.kubernetes.io/part-of"] // empty' <<<"$there")" != causeway ]; then
    crds=$data/install-crds
    kustomize_over "$crds" "$CAUSEWAY_ROOT/crds" <<'END'
  - patch: |-
      $patch: delete
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: dnsendpoints.externaldns.k8s.io}
END
  fi
  apply -k "$crds"
}

# Repos are refused until they answer, and what is applied before goes without their defaults and warnings.
await_webhooks() {
  k -n causeway-system rollout status deployment/causeway-webhooks --timeout=180s >>"$data/logs/install.log" 2>&1
}

await_web() {
  k -n causeway-system rollout status deployment/causeway-apiserver --timeout=180s >>"$data/logs/install.log" 2>&1 || {
    k -n causeway-system logs deployment/causeway-apiserver --tail=3 >&2 || true
    fail "the API server does not come up" "./causeway logs web; its database: kubectl -n causeway-system describe pod postgresql-0"
  }
}

# install_causeway: applies what write_install wrote, when it is not what is there.
install_causeway() {
  local key
  key=$( (cat "$data/install"/*; cd "$CAUSEWAY_ROOT" && find manifests crds -name '*.yaml' -print0 | sort -z | xargs -0 cat) | sha256sum | cut -c1-16)
  [ "$(k -n causeway-system get configmap causeway-install -o 'jsonpath={.data.key}' 2>/dev/null)" != "$key" ] || return 0
  step "Installing Causeway"
  : >"$data/logs/install.log"
  {
    apply_crds &&
      k wait --for=condition=Established --timeout=30s crd -l app.kubernetes.io/part-of=causeway >>"$data/logs/install.log" 2>&1 &&
      apply -k "$data/install" &&
      await_webhooks &&
      apply -k "$CAUSEWAY_ROOT/manifests/catalogue"
  } || {
    tail -n 15 "$data/logs/install.log" >&2
    fail "could not install Causeway (all of it: $data/logs/install.log)"
  }
  k -n causeway-system create configmap causeway-install "--from-literal=key=$key" --dry-run=client -o yaml | apply -f -
}
