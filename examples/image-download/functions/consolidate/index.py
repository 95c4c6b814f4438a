# SPDX-License-Identifier: Apache-2.0
"""consolidateLambda: whether every download answered 200. Its event is the list of their status codes."""


def handler(event, context):
    return all(status == 200 for status in event)
