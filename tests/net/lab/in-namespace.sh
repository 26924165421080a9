#!/bin/sh
# Becomes $COMMAND in the network namespace $NAMESPACE: for those who only know how to start one file.
exec ip netns exec "$NAMESPACE" "$COMMAND" "$@"
