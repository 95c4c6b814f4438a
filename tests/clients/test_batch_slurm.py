# SPDX-License-Identifier: Apache-2.0
"""Jobs of AWS Batch on Slurm: a cluster of one node with its own munged, slurmctld and slurmd, all of this test."""
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import image_push
from test_batch import SECONDS_MAX, BatchCase, bubblewrap_works

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "sinfo")

CONFIGURATION = """
ClusterName=pawl
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SlurmUser={user}
SlurmdUser={user}
ReturnToService=2
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdSpoolDir={folder}/spool
StateSaveLocation={folder}/state
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
KillWait=2
SchedulerParameters=batch_sched_delay=0,sched_interval=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000 State=UNKNOWN
PartitionName=night Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Cluster:
    def __init__(self):
        # Short: it is the address of a socket.
        self.folder = tempfile.mkdtemp(prefix="pawl-slurm-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.processes = []
        for name in ("spool", "state"):
            os.mkdir(f"{self.folder}/{name}")
        self.configuration = f"{self.folder}/slurm.conf"
        import pwd
        with open(self.configuration, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(host=socket.gethostname().split(".")[0], ports=free_ports(2), folder=self.folder,
                                            user=pwd.getpwuid(os.getuid()).pw_name, cpus=os.cpu_count()))
        os.environ["SLURM_CONF"] = self.configuration
        key = f"{self.folder}/munge.key"
        with open(key, "wb") as file:
            file.write(os.urandom(1024))
        os.chmod(key, 0o400)
        self.run("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
                 f"--pid-file={self.folder}/munged.pid", f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munged.seed")
        self.until(lambda: os.path.exists(f"{self.folder}/munge.socket"))
        self.run("slurmctld", "-D", "-f", self.configuration)
        self.run("slurmd", "-D", "-f", self.configuration)
        self.until(lambda: b"idle" in subprocess.run(["sinfo", "--noheader", "--format=%T"], stdout=subprocess.PIPE,
                                                     stderr=subprocess.DEVNULL).stdout)

    def run(self, *words):
        with open(f"{self.folder}/{words[0]}.out", "wb") as log:
            self.processes.append(subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL))

    def until(self, condition):
        end = time.monotonic() + SECONDS_MAX
        while not condition():
            if time.monotonic() > end or any(each.poll() is not None for each in self.processes):
                logs = [open(f"{self.folder}/{name}", errors="replace").read() for name in sorted(os.listdir(self.folder))
                        if name.endswith((".log", ".out"))]
                self.stop()
                raise AssertionError("Slurm does not start: " + "\n".join(logs))
            time.sleep(0.1)

    def stop(self):
        for each in reversed(self.processes):
            if each.poll() is None:
                each.send_signal(signal.SIGTERM)
        for each in reversed(self.processes):
            try:
                each.wait(10)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class SlurmTest(BatchCase):
    arguments = ("--batch-runner", "slurm=night")

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()

    def queue(self):
        answer = subprocess.run(["squeue", "--noheader", "--format=%T"], stdout=subprocess.PIPE, check=True)
        return answer.stdout.decode().split()

    def test_what_a_container_prints_is_its_log(self):
        self.define(["sh", "-c", "echo $PARAMETER of $AWS_BATCH_JQ_NAME; echo more; exit 3"])
        job = self.wait(self.submit(containerOverrides={"environment": [{"name": "PARAMETER", "value": "step1"}]}))
        self.assertEqual((job["status"], job["container"]["exitCode"]), ("FAILED", 3))
        self.assertEqual(self.lines(job), ["step1 of q", "more"])

    def test_an_image_that_does_not_exist(self):
        self.define(["true"], image=self.image.replace("latest", "gone"))
        job = self.wait(self.submit())
        self.assertTrue(job["container"]["reason"].startswith("CannotPullContainerError: "), job["container"]["reason"])

    def printed(self, text):
        """Waits until the one job that runs has printed it, whether or not the server knows."""
        end = time.monotonic() + SECONDS_MAX
        while time.monotonic() < end:
            for name in glob.glob(f"{self.folder}/data/slurm/*/output"):
                with open(name, encoding="utf-8") as file:
                    if text in file.read():
                        return
            time.sleep(0.01)
        self.fail(f"no job prints {text}")

    def test_a_restart_finds_the_job_again_and_terminating_reaches_it(self):
        self.define(["sh", "-c", "trap 'echo bye; exit 5' TERM; echo begun; while true; do sleep 0.1; done"])
        id = self.submit()
        self.wait(id, "RUNNING")
        self.printed("begun")  # Slurm's job runs before the container does
        self.server.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.job(id)["status"], "RUNNING")
        self.batch.terminate_job(jobId=id, reason="enough")
        job = self.wait(id)
        self.assertEqual((job["status"], job["statusReason"], len(job["attempts"])), ("FAILED", "enough", 1))
        self.assertEqual((job["container"]["exitCode"], self.lines(job)), (5, ["begun", "bye"]))
        self.assertEqual(self.queue(), [])

    def test_no_line_is_lost_and_none_comes_twice_however_often_the_server_is_killed(self):
        count = 60
        self.define(["sh", "-c", f"i=0; while [ $i -lt {count} ]; do echo line $i; i=$((i+1)); sleep 0.1; done"])
        id = self.submit()
        self.wait(id, "RUNNING")
        for line in (7, 18, 29, 40):
            self.printed(f"line {line}\n")
            self.server.stop(signal.SIGKILL)
            self.start()
        job = self.wait(id)
        self.assertEqual((job["status"], len(job["attempts"])), ("SUCCEEDED", 1))
        self.assertEqual(self.lines(job), [f"line {i}" for i in range(count)])

    def test_a_job_that_ends_while_the_server_is_away(self):
        self.define(["sh", "-c", "sleep 2; echo done"])
        id = self.submit()
        self.wait(id, "RUNNING")
        self.server.stop(signal.SIGKILL)
        end = time.monotonic() + SECONDS_MAX
        while self.queue() and time.monotonic() < end:
            time.sleep(0.1)
        self.start()
        job = self.wait(id)
        self.assertEqual((job["status"], job["container"]["exitCode"], self.lines(job)), ("SUCCEEDED", 0, ["done"]))

    def test_a_job_that_somebody_cancels(self):
        self.define(["sh", "-c", "echo begun; sleep 1000"])
        id = self.submit()
        self.wait(id, "RUNNING")
        self.printed("begun")  # what is killed before its container runs has never started
        subprocess.run(["scancel", "--signal=KILL", "--full", "--user", str(os.getuid())], check=True)
        job = self.wait(id)
        self.assertEqual(job["status"], "FAILED")
        # The step may live long enough to say how the container ended.
        lost = job["statusReason"].startswith("Host EC2 (Slurm job ")
        self.assertTrue(lost or job["container"]["exitCode"] in (137, 143), job)


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing or os.getuid() != 0 or not image_push.BUSYBOX or not bubblewrap_works():
        print(f"skipped: no {', '.join(missing) or 'root, busybox or sandbox'}")
        sys.exit(77)
    unittest.main()
