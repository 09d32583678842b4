# Sourced by ./sora: builds and runs every test, and ends with "N passed, N failed, N skipped".

# The first package that cannot be restored, or nothing.
missing_package() {
  sed -nE "s/.*error NU110[0-3]: Unable to find (a stable )?package ([A-Za-z0-9._-]+).*/\2/p; s/.*error NU1603: .* depends on ([A-Za-z0-9._-]+) .*/\1/p" "$1" | head -1
}

choose_solution() {
  local log=$root/.build/restore.log package
  solution=$root/SoraCluster.sln
  if dotnet restore "$solution" --nologo -v q >"$log" 2>&1; then return; fi
  package=$(missing_package "$log")
  [ -n "$package" ] || { tail -20 "$log" >&2; die 'the packages could not be restored; the whole output is in .build/restore.log.'; }
  say "the package $package is not on this machine's feed: testing SoraCluster.Local.slnf instead of the whole solution."
  solution=$root/SoraCluster.Local.slnf
  dotnet restore "$solution" --nologo -v q >"$log" 2>&1 ||
    { grep error "$log" | sort -u | head -5 >&2; die 'the packages of local mode could not be restored either; see .build/restore.log.'; }
}

# Is there an S3 server for the tests? moto, from PyPI, in an environment of its own where it is not installed.
have_s3_server() {
  local own=$root/.build/moto
  if [ -x "$own/bin/moto_server" ] || moto_server --help >/dev/null 2>&1; then return; fi
  python3 -c 'import ensurepip' 2>/dev/null || install python3 python3-venv || return
  say 'installing moto, an S3 server for the tests (from PyPI) …'
  { python3 -m venv "$own" && "$own/bin/pip" install 'moto[s3,server]==5.2.1'; } >"$root/.build/install.log" 2>&1 ||
    { rm -rf "$own"; say 'that failed; see .build/install.log.'; return 1; }
}

# Adds up the counters of every .trx file.
summarise() {
  grep -hoE '<Counters [^>]*>' "$results"/*.trx 2>/dev/null | awk '
    function count(name,  m) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
    { total += count("total"); passed += count("passed"); failed += count("failed") + count("error") + count("timeout") + count("aborted") }
    END { printf "%d passed, %d failed, %d skipped\n", passed, failed, total - passed - failed; exit (failed > 0 || total == 0) }'
}

check_format() {
  dotnet format whitespace "$root" --folder --verify-no-changes --exclude '**/obj/' -v q >"$root/.build/format.log" 2>&1 ||
    { grep error "$root/.build/format.log" | head -5 >&2; die "the code is not formatted: run 'dotnet format'."; }
}

# Programs that the tests start hundreds of times, compiled ahead of time: it nearly halves what a start costs. The compiler is a package,
# too; where it cannot be had they run as they were built.
publish_programs() {
  local rid name
  rid=$(dotnet --info | awk '/^ *RID:/ { print $2; exit }')
  for name in "$@"; do
    dotnet publish "$root/src/SoraCluster.$name" -c Release -r "$rid" --no-self-contained -p:PublishReadyToRun=true \
      -o "$root/.build/published/$name" --nologo -v q >"$root/.build/publish.log" 2>&1 ||
      { say 'the programs could not be compiled ahead of time (see .build/publish.log): the tests take longer.'; return; }
  done
  export SORA_TEST_CLI=$root/.build/published/Cli/sora.dll
  case " $* " in *' Silo '*) export SORA_TEST_SILO=$root/.build/published/Silo/SoraCluster.Silo.dll ;; esac
}

run_tests() {
  export DOTNET_TieredPGO=0 # hundreds of short-lived processes never earn back what profiling their code costs
  choose_solution
  case "$solution" in *Local.slnf) ;; *) need redis-server redis-server ;; esac
  say 'building …'
  local log=$root/.build/test-build.log status=0
  results=$root/.build/test-results
  if ! dotnet build "$solution" -c Release --no-restore --nologo -v q >"$log" 2>&1; then
    grep -E 'error' "$log" | sort -u | head -10 >&2
    die 'the build failed; the whole output is in .build/test-build.log.'
  fi
  check_format
  case "$solution$*" in
    *--filter*) ;;
    *Local.slnf*) publish_programs Cli ;;
    *) publish_programs Cli Silo ;;
  esac
  case "$solution$*" in
    *Local.slnf* | *--filter*) ;;
    *) have_s3_server || { say 'no S3 server: the tests that need one are left out.'; set -- --filter 'Needs!=S3' "$@"; } ;;
  esac
  rm -rf "$results"
  say 'testing …'
  # Local mode's test projects two at a time, since much of them is waiting; then the cluster's, one at a time: silos that share two cores
  # with too much else take each other for dead.
  test_projects 2 "$root/SoraCluster.Local.slnf" "$@" || status=$?
  case "$solution" in
    *Local.slnf) ;;
    *) for project in $(cluster_tests); do test_projects 1 "$project" "$@" || status=$?; done ;;
  esac
  summarise || status=1
  return $status
}

# test_projects AT-A-TIME SOLUTION OPTION…
test_projects() {
  local at_a_time=$1 what=$2
  shift 2
  dotnet test "$what" -c Release --no-build --nologo -v q -m:"$at_a_time" --logger trx --results-directory "$results" "$@"
}

# The test projects that are not in the filter of local mode.
cluster_tests() {
  local project
  for project in "$root"/tests/*.Tests/*.csproj; do
    grep -qF "$(basename "$project")" "$root/SoraCluster.Local.slnf" || printf '%s\n' "$project"
  done
}
