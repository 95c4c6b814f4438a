# SPDX-License-Identifier: Apache-2.0
"""The load of the crash test: threads that start, answer, stop and look at executions, and note what was acknowledged. Python 3.9,
standard library only."""
import json
import queue
import random
import threading
import traceback

from crash_machines import ACTIVITY_ARN, KINDS, machine_arn, make_input
from crash_server import Client, ConnectionLost, Refused

THINK_SECONDS_MAX = 0.03  # between two starts of one thread: what keeps 2 processors busy and no more
STATUSES_ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
END_EVENTS = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"}


class Started:
    """An execution whose start was acknowledged, and all else that was acknowledged of it."""

    def __init__(self, kind, name, number, text, arn, start_date):
        self.kind, self.name, self.number, self.text = kind, name, number, text
        self.arn, self.start_date = arn, start_date  # the date is unknown (None) if the first answer was lost
        self.answer = None  # ("TaskSucceeded", output text) or ("TaskFailed", error)
        self.stop_asked = False
        self.stop_date = None  # acknowledged
        self.seen = None  # DescribeExecution's answer after it had ended


class Load:
    def __init__(self, server, seed, kinds=KINDS):
        self.server, self.seed = server, seed
        self.kinds = kinds
        self.started = []
        self.by_arn = {}
        self.faults = []
        self.to_answer = queue.SimpleQueue()  # of kind "token"
        self.starting = threading.Event()  # cleared: no new ones
        self.starting.set()
        self.ending = threading.Event()
        self.counts = {"answers acknowledged": 0, "answers refused": 0, "stops acknowledged": 0,
                       "starts repeated after a lost answer": 0, "starts repeated after an acknowledged one": 0, "looks": 0}
        self.count_lock = threading.Lock()
        self.threads = []
        self.starters = []

    def count(self, what):
        with self.count_lock:
            self.counts[what] += 1

    def fault(self, text):
        self.faults.append(text)
        self.starting.clear()

    def run(self, starters=3):
        for index in range(starters):
            self.starters.append(self._spawn(self._start_executions, index))
        self._spawn(self._answer_tokens, 100)
        for index in range(2):
            self._spawn(self._work_activities, 200 + index)
        self._spawn(self._stop_executions, 300)
        self._spawn(self._look, 400)
        self._spawn(self._repeat_starts, 500)

    def _spawn(self, function, index):
        def guarded():
            try:
                function(Client(self.server), random.Random(self.seed * 1000 + index), index)
            except Exception:  # of any kind: it is the test's outcome
                self.fault(traceback.format_exc())
        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        self.threads.append(thread)
        return thread

    def start_one(self, client, kind, name, number):
        text = json.dumps(make_input(number), ensure_ascii=False)
        parameters = {"stateMachineArn": machine_arn(kind), "name": name, "input": text}
        arn = f"{machine_arn(kind).replace(':stateMachine:', ':execution:')}:{name}"
        date = None
        try:
            answer, lost = client.insist("StartExecution", **parameters)
            if answer["executionArn"] != arn:
                self.fault(f"StartExecution of {arn} answered {answer}")
            date = answer["startDate"]
        except Refused as refused:
            # The one before was carried out, its answer lost, and it has ended since.
            if refused.code != "ExecutionAlreadyExists" or not refused.lost_before:
                raise
            lost = True
        if lost:
            self.count("starts repeated after a lost answer")
        made = Started(kind, name, number, text, arn, date)
        self.by_arn[arn] = made
        self.started.append(made)
        if kind == "token":
            self.to_answer.put(made)
        return made

    def _start_executions(self, client, chance, index):
        names, weights = zip(*((name, kind.weight) for name, kind in self.kinds.items()))
        number = index
        while self.starting.is_set():
            kind = chance.choices(names, weights)[0]
            self.start_one(client, kind, f"{kind}-{number}", number)
            number += 10
            self.ending.wait(chance.random() * THINK_SECONDS_MAX)

    def answer(self, client, chance, made, token, kind, success=None):
        """Says how the task went, until somebody has heard it."""
        if chance.random() < 0.8 if success is None else success:
            given = (kind + "Succeeded", json.dumps({"answer": made.number, "salt": chance.random()}))
            operation, parameters = "SendTaskSuccess", {"output": given[1]}
        else:
            given = (kind + "Failed", f"Refused.{chance.random()}")
            operation, parameters = "SendTaskFailure", {"error": given[1], "cause": "by a worker"}
        try:
            client.insist(operation, taskToken=token, **parameters)
        except Refused as refused:
            if refused.code not in ("TaskTimedOut", "TaskDoesNotExist"):
                raise
            # It was stopped, or answered before: by the lost call, or by another worker after a kill.
            self.count("answers refused")
            return
        if made.answer is not None:
            self.fault(f"two answers for {made.arn} were acknowledged: {made.answer}, {given}")
        made.answer = given
        self.count("answers acknowledged")

    def _answer_tokens(self, client, chance, _index):
        while not self.ending.is_set():
            try:
                made = self.to_answer.get(timeout=1)
            except queue.Empty:
                continue
            self.answer_token_of(client, chance, made)

    def answer_token_of(self, client, chance, made, success=None):
        """Once its history shows the token; until then it goes back into the queue."""
        answer, _ = client.insist("GetExecutionHistory", executionArn=made.arn)
        events = {event["type"]: event for event in answer["events"]}
        if "TaskScheduled" in events:
            parameters = json.loads(events["TaskScheduled"]["taskScheduledEventDetails"]["parameters"])
            self.answer(client, chance, made, parameters["Input"]["token"], "Task", success)
        elif not END_EVENTS.intersection(events):
            self.to_answer.put(made)

    def _work_activities(self, client, chance, index):
        while not self.ending.is_set():
            try:
                task = client.call("GetActivityTask", activityArn=ACTIVITY_ARN, workerName=f"worker-{index}")
            except ConnectionLost:
                continue
            if task.get("taskToken"):
                self.answer_activity(client, chance, task)

    def answer_activity(self, client, chance, task, success=None):
        number = json.loads(task["input"])["n"]
        arn = f"{machine_arn('activity').replace(':stateMachine:', ':execution:')}:activity-{number}"
        while (made := self.by_arn.get(arn)) is None:  # its start is not acknowledged yet
            self.ending.wait(0.005)
        self.answer(client, chance, made, task["taskToken"], "Activity", success)

    def _some(self, chance, newest=200):
        """One of the newest executions; None if there is none yet."""
        count = len(self.started)
        return self.started[chance.randrange(max(0, count - newest), count)] if count else None

    def _stop_executions(self, client, chance, _index):
        while self.starting.is_set():
            self.ending.wait(chance.random() * 0.1)
            made = self._some(chance, 30)
            if made is None or not self.kinds[made.kind].may_stop or made.stop_asked:
                continue
            made.stop_asked = True
            answer, _ = client.insist("StopExecution", executionArn=made.arn, error="Stopped", cause="by the crash test")
            made.stop_date = answer["stopDate"]
            self.count("stops acknowledged")

    def _look(self, client, chance, _index):
        """What was shown as ended stays so, whatever happens."""
        while not self.ending.is_set():
            self.ending.wait(0.01)
            made = self._some(chance)
            if made is None:
                continue
            answer, _ = client.insist("DescribeExecution", executionArn=made.arn)
            self.count("looks")
            if made.seen is not None and answer != made.seen:
                self.fault(f"an ended execution has changed: {made.seen} and now {answer}")
            if answer["status"] in STATUSES_ENDED:
                made.seen = answer

    def _repeat_starts(self, client, chance, _index):
        """API StartExecution: the same name and input again is the same execution, while it runs."""
        while not self.ending.is_set():
            self.ending.wait(0.02)
            made = self._some(chance, 50)
            if made is None:
                continue
            self.count("starts repeated after an acknowledged one")
            try:
                answer, _ = client.insist("StartExecution", stateMachineArn=machine_arn(made.kind), name=made.name, input=made.text)
            except Refused as refused:
                if refused.code != "ExecutionAlreadyExists":
                    raise
                continue
            if answer["executionArn"] != made.arn or made.start_date not in (None, answer["startDate"]):
                self.fault(f"started twice: {made.arn} at {made.start_date} and {answer}")
