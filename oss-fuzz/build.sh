#!/bin/bash -eu
# The same build as ClusterFuzzLite's, which lies with the targets.
exec bash "$SRC/xiom/.clusterfuzzlite/build.sh"
