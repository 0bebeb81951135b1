# shellcheck shell=bash
# `./causeway up --monitoring`: a Prometheus beside the platform, and a name for it. It is added last, so that nothing
# waits for it, and stays until it is removed: kubectl delete -k DIR/install-monitoring.

add_monitoring() { # add_monitoring HUB-ADDRESS WEB-PORT
  local folder=$data/install-monitoring host=prometheus.localhost
  step "Adding Prometheus"
  mkdir -p "$folder"
  cat >"$folder/names.yaml" <<END
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata:
  name: prometheus
  namespace: causeway-system
spec:
  endpoints:
    - dnsName: $host
      recordType: A
      recordTTL: 30
      targets: ["$1"]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: prometheus
  namespace: causeway-system
spec:
  ingressClassName: causeway
  rules:
    - host: $host
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: prometheus, port: {name: http}}}
END
  cat >"$folder/kustomization.yaml" <<END
# Written by ./causeway up --monitoring.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - $(realpath --relative-to="$folder" "$CAUSEWAY_ROOT/manifests/addons/prometheus")
  - names.yaml
images:
  - {name: causeway/prometheus, newName: registry.causeway.internal/causeway/prometheus, newTag: "$(image_tag_of prometheus)"}
END
  apply -k "$folder" && k -n causeway-system rollout status deployment/prometheus --timeout=120s >>"$data/logs/install.log" 2>&1 || {
    tail -n 15 "$data/logs/install.log" >&2
    fail "could not add Prometheus (all of it: $data/logs/install.log)"
  }
  note "http://$host:$2/alerts"
}
