#!/bin/sh
# What a pipeline without Flux or Argo CD runs: applies everything here, then deletes what it applied before and is here no more.
# Never a namespace: that would take with it what others keep there. Demos first: a Cluster goes only after them.
set -eu
cd "$(dirname "$0")"

applied=$(kubectl apply -k . --server-side --force-conflicts --field-manager=pipeline \
  -o 'jsonpath={range .items[*]}{.metadata.uid}{"\n"}{end}')

kubectl get demos,repos,imagetemplates,clusters -A -l example.org/applied-by=pipeline \
  -o 'jsonpath={range .items[*]}{.metadata.uid} {.kind} {.metadata.namespace} {.metadata.name}{"\n"}{end}' |
  while read -r uid kind namespace name; do
    case $applied in
      *"$uid"*) ;;
      *) kubectl delete "$kind.v1alpha1.causeway.dev" "$name" -n "$namespace" --timeout=30m ;;
    esac
  done
