#!/bin/bash -eu
# Builds every fuzz target for ClusterFuzzLite and OSS-Fuzz: programs, dictionaries, options and seed corpora to
# $OUT. The builder image sets SRC, OUT and, by SANITIZER and CFLAGS, what cargo-fuzz adds.

project=${PROJECT:-$SRC/xiom}
sanitizer=${SANITIZER:-address}
case $sanitizer in
  address | none) ;;
  coverage) sanitizer=none ;;
  *) echo "libFuzzer builds Rust with address or coverage, not with $sanitizer" >&2; exit 1 ;;
esac
host=$(rustc --version --verbose | sed -n 's/^host: //p')
target_dir=${CARGO_TARGET_DIR:-$project/fuzz/target}

cd "$project"
cp fuzz/dict/*.dict "$OUT/"
cargo fuzz build --release --sanitizer "$sanitizer" --target "$host" --target-dir "$target_dir"

for source in fuzz/fuzz_targets/*.rs; do
  name=$(basename "$source" .rs)
  # The yardstick feeds nothing.
  [ "$name" = empty ] && continue
  cp "$target_dir/$host/release/$name" "$OUT/"
  # Which dictionary a target has, and its longest input: `cargo xtask fuzz dict` writes it.
  cp "fuzz/options/$name.options" "$OUT/"
  find "fuzz/corpus/$name" "fuzz/regressions/$name" -type f 2>/dev/null | sort |
    zip --quiet --junk-paths "$OUT/${name}_seed_corpus.zip" -@
done
