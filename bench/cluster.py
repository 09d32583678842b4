#!/usr/bin/env python3
"""What the cluster costs beside local mode: the same jobs through both, in turns, in one run.

  bench/cluster.py --packs models [--rounds 5] [--warm 40] [--jobs 40] [--steps 24] [--seconds 1] [--size 64x64] [--kills 5]

Starts a redis-server, a control, a gpu and a gateway silo, and a local server with the same threads, from their Release builds;
every job runs alone. Prints the median of the wait for the first step and of the time from there to the end, and their ratios; each round has
fresh processes. With --kills, the control silo that holds all entities is then killed so often, each time with a fresh one beside it: prints how long until the
others took it for dead, and until every job answered again."""
import argparse, concurrent.futures, json, os, socket, statistics, subprocess, sys, tempfile, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SILO = f"{ROOT}/src/SoraCluster.Silo/bin/Release/net10.0/SoraCluster.Silo.dll"
CLI = f"{ROOT}/src/SoraCluster.Cli/bin/Release/net10.0/sora.dll"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def call(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def until_ready(url, body):
    deadline = time.time() + 120
    while time.time() < deadline:
        try:
            return call(url + "/v1/videos", body)["id"]
        except OSError:
            time.sleep(0.2)
    sys.exit(f"{url} did not accept a job within two minutes")


def run_one(url, body):
    """Seconds from acceptance to the first step, and from there to the end."""
    return finish(url, call(url + "/v1/videos", body)["id"])


def finish(url, job):
    with urllib.request.urlopen(f"{url}/v1/videos/{job}/events") as events:
        last = [line for line in events if line.startswith(b"event:")][-1].decode().split()[1]
    if last != "video.completed":
        sys.exit(f"{job} ended with {last}")
    trace = call(f"{url}/v1/videos/{job}/trace")
    return trace["started_at"] - trace["created_at"], trace["ended_at"] - trace["started_at"]


def seconds_until(condition):
    started = time.time()
    while not condition():
        time.sleep(0.05)
        if time.time() - started > 120:
            sys.exit("the cluster did not heal within two minutes")
    return time.time() - started


def answers(url):
    try:
        call(url)
        return True
    except OSError:
        return False


def heal(url, controls, start_control, kills):
    """Seconds until a killed control silo was taken for dead, and until every job answered, for each kill."""
    jobs = [f"{url}/v1/videos/{video['id']}" for video in call(f"{url}/v1/videos?limit=100")["data"]]

    def nodes(status):
        try:
            return sum(node["status"] == status for node in call(f"{url}/internal/nodes") if "control" in node["roles"])
        except OSError:
            return -1  # whom it asked has died

    died, answered = [], []
    with concurrent.futures.ThreadPoolExecutor(len(jobs) + 1) as pool:
        for _ in range(kills):
            controls.append(start_control())
            seconds_until(lambda: nodes("Active") == 2 and all(map(answers, jobs)))
            dead = nodes("Dead")
            controls.pop(0).kill()
            noticing = pool.submit(seconds_until, lambda: nodes("Dead") > dead)
            answering = [pool.submit(seconds_until, lambda job=job: answers(job)) for job in jobs]
            died.append(noticing.result())
            answered.append(max(job.result() for job in answering))
    for what, measured in (("taken for dead", died), ("every entity answers", answered)):
        print(f"a killed control silo, {what}: median {statistics.median(measured):.1f} s ({min(measured):.1f}-{max(measured):.1f}), {kills} kills, {len(jobs)} jobs")


class Places:
    """A local server, and a cluster with a Redis of its own, in fresh processes; `stop` ends what runs, however far `start_all` came."""

    def __init__(self, asked, folder):
        self.asked, self.folder, self.running, self.controls = asked, folder, [], []
        self.redis, self.cluster, self.local = free_port(), free_port(), free_port()
        self.urls = {"local": f"http://127.0.0.1:{self.local}", "cluster": f"http://127.0.0.1:{self.cluster}"}

    def start_all(self):
        self.start("redis", "redis-server", "--port", str(self.redis), "--dir", self.folder, "--appendonly", "yes")
        time.sleep(1)
        self.controls.append(self.start_silo("control", free_port()))
        self.start_silo("gpu", free_port())
        self.start_silo("gateway", self.cluster)
        os.environ["SORA_PACKS"] = self.asked.packs
        self.start("local", "dotnet", CLI, "serve", "--port", str(self.local), "--data", f"{self.folder}/local", "--daily-limit", "100000")

    def start(self, name, *command):
        log = open(f"{self.folder}/{name}.log", "w")
        self.running.append(subprocess.Popen(command, stdout=log, stderr=log))
        return self.running[-1]

    def start_silo(self, role, port):
        return self.start(
            role, "dotnet", SILO, "--roles", role, "--redis", f"127.0.0.1:{self.redis}", "--data", f"{self.folder}/shared",
            "--packs", self.asked.packs, "--silo-port", str(free_port()), "--listen", f"http://127.0.0.1:{port}",
            "--threads", str(self.asked.threads), "--Silo:Quotas:Limit", "100000", "--Silo:Gateway:RequestsPerMinute", "0")

    def stop(self):
        for process in reversed(self.running):  # Redis last: silos leave through it
            process.terminate()
            process.wait()


def compare(asked, places):
    """Seconds of every clip by place: until the first step, and from there to the end."""
    body = {"prompt": "a red ball bounces on the beach", "seconds": str(asked.seconds), "steps": asked.steps, "size": asked.size}
    waits, runs = {n: [] for n in places.urls}, {n: [] for n in places.urls}
    for name, url in places.urls.items():
        finish(url, until_ready(url, body))
    for i in range(-asked.warm, asked.jobs):
        for name in sorted(places.urls, reverse=i % 2 == 1):
            wait, run = run_one(places.urls[name], body | {"seed": i + asked.warm})
            if i >= 0:
                waits[name].append(wait)
                runs[name].append(run)
    return waits, runs


def tell(what, rounds):
    """The medians of all clips, and the ratio of the medians of each round: a process is quicker or slower than its like for life."""
    clips = {n: [v for one in rounds for v in one[n]] for n in rounds[0]}
    told = {n: f"{statistics.median(v) * 1000:.0f} ms ({min(v) * 1000:.0f}-{max(v) * 1000:.0f})" for n, v in clips.items()}
    ratios = sorted(statistics.median(one["cluster"]) / statistics.median(one["local"]) for one in rounds)
    print(f"{what}: local {told['local']}, cluster {told['cluster']}, ratio {statistics.median(ratios):.3f} ({ratios[0]:.3f}-{ratios[-1]:.3f})")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--packs", default=f"{ROOT}/models")
    options.add_argument("--rounds", type=int, default=1, help="of fresh processes")
    options.add_argument("--warm", type=int, default=0, help="clips of a round that are not counted: .NET compiles what is run often once more")
    options.add_argument("--jobs", type=int, default=12, help="of a round")
    options.add_argument("--steps", type=int, default=24)
    options.add_argument("--seconds", type=int, default=1)
    options.add_argument("--size", default="64x64", help="of the file; 512x512 is what clients ask for who say nothing")
    options.add_argument("--kills", type=int, default=0, help="in the last round, after its clips")
    options.add_argument("--threads", type=int, default=os.cpu_count())
    asked = options.parse_args()
    measured = []
    for i in range(asked.rounds):
        with tempfile.TemporaryDirectory() as folder:
            places = Places(asked, folder)
            try:
                places.start_all()
                measured.append(compare(asked, places))
                if asked.kills and i == asked.rounds - 1:
                    heal(places.urls["cluster"], places.controls, lambda: places.start_silo("control", free_port()), asked.kills)
            finally:
                places.stop()
    tell("submit to first step", [waits for waits, _ in measured])
    tell("first step to end", [runs for _, runs in measured])
    print(f"{asked.rounds} rounds of {asked.jobs} jobs of {asked.steps} steps each, one at a time, {asked.threads} threads")


main()
