#!/bin/sh
# The rules as one manifest for the Prometheus Operator: prometheus-rule.sh | kubectl apply -n monitoring -f -
# https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
set -eu
cd "$(dirname "$0")"
cat <<'EOF'
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: lifeboat }
spec:
  groups:
EOF
cat plan.yaml records.yaml alerts.yaml | sed -e '/^groups:/d' -e '/^#/d' -e 's/^/  /'
