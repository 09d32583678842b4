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

run_tests() {
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
  rm -rf "$results"
  say 'testing …'
  dotnet test "$solution" -c Release --no-build --nologo -v q -m:1 --logger trx --results-directory "$results" "$@" || status=$?
  summarise || status=1
  return $status
}
