#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a step does: nothing but to say which parameter it was given.
set -eu

parameter=
while getopts p: option; do
  case "$option" in
    p) parameter=$OPTARG ;;
    *) exit 2 ;;
  esac
done
if [ -z "$parameter" ]; then
  echo "usage: main.sh -p PARAMETER" >&2
  exit 2
fi

echo "Entrypoint running with parameter $parameter"
