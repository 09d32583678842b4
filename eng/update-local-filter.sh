#!/usr/bin/env bash
# Writes SoraCluster.Local.slnf: every project of SoraCluster.sln but those that need a cluster or GPU package.
set -euo pipefail
cd "$(dirname "$0")/.."
needs_cluster='SoraCluster\.(Silo|S3|Inference\.Onnx|ServiceDefaults|AppHost|Cluster)'
{
  printf '{\n  "solution": {\n    "path": "SoraCluster.sln",\n    "projects": [\n'
  dotnet sln SoraCluster.sln list | grep '\.csproj$' | grep -Ev "$needs_cluster" | sort |
    sed 's#/#\\\\#g; s#.*#      "&"#' | sed '$!s/$/,/'
  printf '    ]\n  }\n}\n'
} > SoraCluster.Local.slnf
