#!/usr/bin/env bash
# Makes the pack from nothing: renders the world, trains, exports, judges. Steps that are done are not done again.
#
#   models/tiny/recipe/make.sh [--data DIR] [--pack DIR] [--shards N] [--looks N] [--styles N] [--pairs N] [--autoencoder MIN] [--train MIN] [--judge STEPS] [--processes N] [--quick]
#
# --processes: single-threaded training processes; as many as there are cores. --quick: minutes, to see that everything runs.
# Needs Python 3.10 or later with PyTorch, onnx, NumPy and Pillow (Debian: python3-torch python3-onnx python3-pil libopenblas0-pthread). PYTHON names another one.
set -euo pipefail

recipe=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
pack=$recipe/.. data=${TMPDIR:-/tmp}/soracluster-tiny shards=44 looks=72 styles=22 pairs=28 autoencoder=30 train=240 judge=3000 processes=2 count=200

while (($#)); do
    case $1 in
        --data) data=$2; shift 2 ;;
        --pack) pack=$2; shift 2 ;;
        --shards) shards=$2; shift 2 ;;
        --looks) looks=$2; shift 2 ;;
        --styles) styles=$2; shift 2 ;;
        --pairs) pairs=$2; shift 2 ;;
        --autoencoder) autoencoder=$2; shift 2 ;;
        --train) train=$2; shift 2 ;;
        --judge) judge=$2; shift 2 ;;
        --processes) processes=$2; shift 2 ;;
        --quick) shards=4 looks=1 styles=1 pairs=1 autoencoder=2 train=3 judge=200 count=16; shift ;;
        *) sed -n '2,7s/^# \?//p' "$0"; exit 2 ;;
    esac
done

export OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$recipe
python=${PYTHON:-python3}
mkdir -p "$data" "$pack"
data=$(cd "$data" && pwd) pack=$(cd "$pack" && pwd)

run() { echo "== $1" >&2; "$python" "$recipe/$1" "${@:2}"; }

# Runs a step unless its mark is there; the mark is made when it succeeds.
once() { [[ -e $data/$1.done ]] || { run "${@:2}"; touch "$data/$1.done"; }; }

run render_shards.py --data "$data" --shards "$shards" --looks "$looks" --styles "$styles" --pairs "$pairs" --processes "$processes"
once autoencoder train_autoencoder.py --data "$data" --minutes "$autoencoder" --processes "$processes"
run train_autoencoder.py --data "$data" --encode-only --processes "$processes"
run train.py --data "$data" --minutes "$train" --processes "$processes"
run export.py --data "$data" --pack "$pack"
once judge train_judge.py --data "$data" --steps "$judge"
once likeness likeness.py --data "$data" --steps "$((judge / 2))" --processes "$processes"
once cast cast.py --data "$data" --steps "$((judge / 2))" --processes "$processes"
run evaluate.py --pack "$pack" --judge "$data" --count "$count" --out "$data/evaluation.json"
run sample.py --pack "$pack" --out "$data/samples.png" --wav "$data/samples"
