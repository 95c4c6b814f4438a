# SPDX-License-Identifier: Apache-2.0
"""batchLambda: parts the paths into batches, each of which one call of downloadLambda takes."""

PATHS_PER_BATCH_MAX = 5


def handler(event, context):
    paths = event["resourcePaths"]
    batch_input = {"baseUrl": event["baseUrl"], "lambdaConcur": event["lambdaConcur"]}
    return {
        "tasks": [
            {"resourcePaths": paths[start : start + PATHS_PER_BATCH_MAX], "batchInput": batch_input}
            for start in range(0, len(paths), PATHS_PER_BATCH_MAX)
        ]
    }
