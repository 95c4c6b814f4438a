# SPDX-License-Identifier: Apache-2.0
"""SIGTERM while requests are under way that would wait long."""
import json
import signal
import threading
import unittest

from server_case import SECONDS_MAX, ServerCase


class StopTest(ServerCase):
    def polls(self, server):
        """How many requests have been read, that of this question not counted."""
        metrics = self.request(server, method="GET", path="/metrics").body.decode().splitlines()
        return next(int(line.split()[1]) for line in metrics if line.startswith("pawl_http_requests_total ")) - 1

    def test_workers_that_poll_are_answered_at_once(self):
        server = self.serve("--stop-timeout", str(2 * SECONDS_MAX))
        made = self.call(server, "CreateActivity", {"name": "work"}).json()
        before = self.polls(server)
        answers = []

        def poll():
            answers.append(self.call(server, "GetActivityTask", {"activityArn": made["activityArn"]}))
        worker = threading.Thread(target=poll)
        worker.start()
        asked = 1  # by ourselves, since
        while self.polls(server) < before + asked + 1:
            asked += 1
        self.assertEqual(server.stop(signal.SIGTERM), 0)  # fails if it takes SECONDS_MAX
        worker.join(SECONDS_MAX)
        self.assertEqual([(answer.status, json.loads(answer.body or "{}")) for answer in answers], [(200, {})])


if __name__ == "__main__":
    unittest.main()
