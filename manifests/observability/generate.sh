#!/usr/bin/env bash
# Writes prometheusrule.yaml from rules/causeway.rules.yaml: one text of the alerts, for a Prometheus with the Prometheus
# Operator and for one without. tests/test_rules.py fails when they differ.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
{
  cat <<'END'
# Written by generate.sh from rules/causeway.rules.yaml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: causeway
  namespace: causeway-system
  labels:
    app.kubernetes.io/part-of: causeway
spec:
END
  sed -n '/^groups:/,$s/^\(.\)/  \1/p' rules/causeway.rules.yaml
} >prometheusrule.yaml
