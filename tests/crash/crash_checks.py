# SPDX-License-Identifier: Apache-2.0
"""What must hold when everything has ended. Python 3.9, standard library only."""
import collections
import glob
import json
import re

from crash_machines import CHILD, KINDS, machine_arn

END_OF_STATUS = {"SUCCEEDED": "ExecutionSucceeded", "FAILED": "ExecutionFailed", "TIMED_OUT": "ExecutionTimedOut",
                 "ABORTED": "ExecutionAborted"}


def read_history(client, arn):
    events, more = [], {}
    while True:
        answer, _ = client.insist("GetExecutionHistory", executionArn=arn, maxResults=1000, **more)
        events += answer["events"]
        if "nextToken" not in answer:
            return events
        more = {"nextToken": answer["nextToken"]}


def details(event):
    """The one member that its type adds."""
    return next((value for name, value in event.items() if name.endswith("Details")), {})


def shape_of(events):
    """How many events of each type, but: TaskSubmitted, since an answer may be faster; attempts of an activity that timed out."""
    shape = collections.Counter(event["type"] for event in events if event["type"] != "TaskSubmitted")
    attempts = shape.pop("ActivityTimedOut", 0)
    return shape - collections.Counter({"ActivityScheduled": attempts, "ActivityStarted": attempts})


def history_faults(events, status):
    """What is not legal in the history of an ended execution."""
    faults = []
    if [event["id"] for event in events] != list(range(1, len(events) + 1)):
        faults.append(f"ids are {[event['id'] for event in events]}")
    for before, event in zip(events, events[1:]):
        if not 0 <= event["previousEventId"] < event["id"]:
            faults.append(f"event {event['id']} follows {event['previousEventId']}")
        if event["timestamp"] < before["timestamp"]:
            faults.append(f"event {event['id']} is older than the one before it")
    types = [event["type"] for event in events]
    if types[:1] != ["ExecutionStarted"] or types.count("ExecutionStarted") != 1:
        faults.append("it does not start with the one ExecutionStarted")
    ends = [type_ for type_ in types if type_ in END_OF_STATUS.values()]
    if ends != [END_OF_STATUS[status]] or types[-1] != ends[-1]:
        faults.append(f"{status}, but its ends are {ends} and its last event is {types[-1:]}")
    entered = collections.Counter(details(event)["name"] for event in events if event["type"].endswith("StateEntered"))
    exited = collections.Counter(details(event)["name"] for event in events if event["type"].endswith("StateExited"))
    if exited - entered or (status == "SUCCEEDED" and entered != exited):
        faults.append(f"entered {dict(entered)}, exited {dict(exited)}")
    return faults


class Checks:
    """`shapes`: by kind, how many events of each type a run without kills has."""

    def __init__(self, client, shapes):
        self.client, self.shapes = client, shapes
        self.faults = []
        self.statuses = collections.Counter()
        self.events = 0
        self.replayed = 0  # events
        self.not_received = 0  # activity tasks whose worker was cut off before it got them
        self.submitted = 0  # executions that have started a child

    def check(self, made):
        described, _ = self.client.insist("DescribeExecution", executionArn=made.arn)
        events = read_history(self.client, made.arn)
        self.events += len(events)
        self.not_received += sum(event["type"] == "ActivityTimedOut" for event in events)
        self.submitted += any(event["type"] == "TaskSubmitted" for event in events)
        self.statuses[described["status"]] += 1
        faults = self._description_faults(made, described)
        if described["status"] != "RUNNING":
            faults += history_faults(events, described["status"])
            faults += self._answer_faults(made, events)
        if described["status"] == "SUCCEEDED":
            shape = shape_of(events)
            if shape != self.shapes[made.kind]:
                faults.append(f"events {dict(shape - self.shapes[made.kind])} too many, {dict(self.shapes[made.kind] - shape)} missing")
        if faults:
            self.faults.append(f"{made.arn}: {'; '.join(faults)}\n" + "\n".join(json.dumps(event) for event in events))

    def check_replay(self, made):
        """The interpreter makes of the recorded answers the events that are stored."""
        check = self.client.replay(made.arn)["check"]
        self.replayed += check["eventsCompared"]
        if check["firstDifference"] is not None:
            self.faults.append(f"{made.arn}: run again it differs: {check}")

    def _description_faults(self, made, described):
        faults = []
        status, kind = described["status"], KINDS[made.kind]
        if status == "RUNNING":
            faults.append("has not ended")
        if described["input"] != made.text or described["name"] != made.name:
            faults.append(f"is not what was started: {described}")
        if made.start_date not in (None, described["startDate"]):
            faults.append(f"started at {made.start_date}, now {described['startDate']}")
        if made.seen not in (None, described):
            faults.append(f"was shown as {made.seen}, now {described}")
        if made.stop_date is not None and described.get("stopDate", 1e99) > made.stop_date:
            faults.append(f"stopped at {made.stop_date}, but {described}")
        if status == "ABORTED" and not made.stop_asked:
            faults.append("nobody stopped it")
        if status == "SUCCEEDED" and not kind.answered and json.loads(described["output"]) != kind.output(json.loads(made.text)):
            faults.append(f"wrong output {described['output']}")
        if status == "TIMED_OUT" or (status == "FAILED" and not kind.answered):
            faults.append(f"why? {described}")
        return faults

    @staticmethod
    def _answer_faults(made, events):
        """An acknowledged answer is in the history."""
        if made.answer is None:
            return []
        type_, text = made.answer
        found = [details(event) for event in events if event["type"] == type_]
        if len(found) != 1 or text not in (found[0].get("output"), found[0].get("error")):
            return [f"acknowledged {made.answer}, in the history {found}"]
        return []

    def check_lists(self, started):
        """Nothing is there twice, nothing that nobody started; nested starts took effect once."""
        names = collections.defaultdict(set)
        for made in started:
            names[made.kind].add(made.name)
        for kind in KINDS:
            listed = self._list(kind)
            if len(listed) != len(set(listed)) or set(listed) != names[kind]:
                self.faults.append(f"{kind}: {len(listed)} listed, {len(set(listed))} names, {len(names[kind])} started; "
                                   f"differ in {sorted(set(listed) ^ names[kind])[:5]}")
        children = len(self._list(CHILD))
        parents = len(names["nested"]) + len(names["token"])
        # One whose task was stopped or answered before it was carried out has none.
        if not self.submitted <= children <= parents:
            self.faults.append(f"{parents} executions, of them {self.submitted} for sure, started {children} children")

    def _list(self, machine):
        names, more = [], {}
        while True:
            answer, _ = self.client.insist("ListExecutions", stateMachineArn=machine_arn(machine), maxResults=1000, **more)
            names += [execution["name"] for execution in answer["executions"]]
            if "nextToken" not in answer:
                return names
            more = {"nextToken": answer["nextToken"]}


def count_running(client):
    return sum(len(client.insist("ListExecutions", stateMachineArn=machine_arn(name), statusFilter="RUNNING", maxResults=1000)[0]
                   ["executions"]) for name in (*KINDS, CHILD))


def orphans(folder):
    """Processes that a killed server left behind: those that name its folder."""
    found = []
    with_folder = re.compile(re.escape(folder.encode()))
    for path in glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(path, "rb") as file:
                if with_folder.search(file.read()):
                    found.append(path)
        except OSError:
            continue
    return found
