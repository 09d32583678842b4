# Sourced by ./sora: makes clips with the reference pack and judges them.

# A Python that has what the judge needs.
find_python() {
  for python in ${PYTHON:-python3 /usr/bin/python3}; do
    "$python" -c 'import numpy, PIL, torch' 2>/dev/null && return
  done
  return 1
}

run_eval() {
  find_python || { install python3-torch python3-pil && find_python; } ||
    die "Python with PyTorch, NumPy and Pillow is missing. Install it (Debian, Ubuntu: 'sudo apt-get install python3-torch python3-pil') or name one in PYTHON."
  SORA_COMMAND=$(printf '%s\n' dotnet "$cli") PYTHONDONTWRITEBYTECODE=1 exec "$python" "$root/models/tiny/recipe/eval.py" "$@"
}
