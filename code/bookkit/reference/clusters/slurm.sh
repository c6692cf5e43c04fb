#!/bin/bash
# Reference runs on nodes of a Slurm cluster, from a clone on a file system that all of them see:
#   make .venv/installed-book .venv/installed-ray && make data
#   sbatch code/bookkit/reference/clusters/slurm.sh image-classification
#SBATCH --job-name=keras-book
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --time=12:00:00
set -euo pipefail
task=${1:?the task, such as image-classification}
export RAY_USAGE_STATS_ENABLED=0 PATH="$PWD/.venv/bin:$PATH"
# Starts Ray on every node, the command on the first, and stops Ray when that has ended.
srun --cpu-bind=none ray symmetric-run --address "$SLURMD_NODENAME:6379" \
  --min-nodes "$SLURM_JOB_NUM_NODES" --include-dashboard=false -- \
  make reference ENGINE=ray TASK="$task"
