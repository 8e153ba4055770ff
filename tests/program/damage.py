"""Damages checkpoints and resumes them.  damage.py PROGRAM CONFIG CASES SEED

Works in the current folder: p.csv is the book, whole/ its audit. What a manifest says, and
how far a job can go on from it, is told here once more, from the text alone."""
import hashlib
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

program, config, cases, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
NAME = re.compile(r"\d{6,18}\.(h5|manifest)(\.part|\.reserve)?$")
BLOCK = 1 << 20


def sha(data):
    return hashlib.sha256(data)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def sealed_digest(path):
    """That of a file's trailer, where all its bytes are those the trailer says; else None."""
    data = read(path)
    size = int.from_bytes(data[-128:-120], "little")
    n = -(-size // BLOCK)
    marks = data[size + 32 * n:size + 33 * n]
    digests = b"".join(sha(data[i:min(i + BLOCK, size)]).digest() for i in range(0, size, BLOCK))
    footer = b"paraudit trailer" + b"".join(v.to_bytes(8, "little") for v in (size, n, BLOCK))
    footer += sha(digests).digest() + sha(marks).digest()
    footer += sha(footer).digest() + b"\nsealed\n"
    return sha(digests).hexdigest() if data[size:] == digests + marks + footer else None


def is_file(path):
    return stat.S_ISREG(os.lstat(path).st_mode) if os.path.lexists(path) else False


def inputs_of(folder):
    """The digest of what job.ini says of the inputs; without it, which goes first, there is no job."""
    path = os.path.join(folder, "job.ini")
    if not is_file(path):
        return "none"
    lines = read(path).split(b"\n")
    return sha(b"".join(line + b"\n" for line in lines if line.startswith(b"; input "))).hexdigest()


def seal(body):
    return body + b"sha256 " + sha(body).hexdigest().encode() + b"\n"


def manifest(path):
    """[(kind, step, name, bytes, digest)], or None where it is not whole, or of other inputs."""
    if not is_file(path):
        return None
    lines = read(path).split(b"\n")
    if len(lines) < 3 or lines[-1] != b"":
        return None
    body = b"\n".join(lines[:-2]) + b"\n"
    if seal(body) != b"\n".join(lines) or lines[2] != b"inputs " + inputs_of(os.path.dirname(path)).encode():
        return None
    rows = [line.decode().split(" ") for line in lines[3:-2]]
    return [(kind, step, name, int(size), digest) for kind, step, name, size, digest in rows]


def is_whole(folder, row):
    _, _, name, size, digest = row
    path = os.path.join(folder, name)
    if name == "-":
        return True
    return is_file(path) and os.path.getsize(path) == size and sealed_digest(path) == digest


def steps_of(folders):
    """The steps of the longest manifest."""
    found = [manifest(os.path.join(f, n)) for f in folders for n in os.listdir(f) if n.endswith(".manifest")]
    return max(([r[1] for r in rows if r[0] == "step"] for rows in found if rows), key=len)


def reach(folder):
    """How many steps can be taken over, the last of them, and whether a model goes with it."""
    best = (0, False, None)
    for name in os.listdir(folder):
        rows = manifest(os.path.join(folder, name)) if re.match(r"\d+\.manifest$", name) else None
        if rows is None:
            continue
        n = 0
        steps = [r for r in rows if r[0] == "step"]
        while n < len(steps) and is_whole(folder, steps[n]):
            n += 1
        model = [r for r in rows if r[0] == "model"]
        with_model = n == len(steps) and bool(model) and is_whole(folder, model[0])
        best = max(best, (n, with_model, steps[n - 1][1] if n else ""), key=lambda b: b[:2])
    return best


# ---- states in which a job was killed ----


def numbered(folder):
    try:
        return sorted(n for n in os.listdir(folder) if re.match(r"\d+\.manifest$", n))
    except FileNotFoundError:
        return []


def snapshots():
    """A job that saves whenever it can, whatever the umask; stopped and copied now and then."""
    taken, seen = [], []
    old = os.umask(0)
    job = subprocess.Popen([program, "audit", config, "--quiet", "--out", "out", "--set",
                            "input.files=p.csv", "--set", "checkpoint.every=0"])
    os.umask(old)
    while job.poll() is None:
        now = numbered("out/checkpoint")
        if now == seen:
            time.sleep(0.0005)
            continue
        seen = now
        job.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, job.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        if numbered("out/checkpoint"):
            name = "state%d" % len(taken)
            shutil.copytree("out/checkpoint", name, symlinks=True)
            taken.append(name)
        job.send_signal(signal.SIGCONT)
    if job.returncode != 0:
        sys.exit("the audit that saves often ended with %d" % job.returncode)
    return [name for name in taken if reach(name)[0] > 0]


def check_modes(folder):
    wrong = [] if stat.S_IMODE(os.stat(folder).st_mode) == 0o700 else [folder]
    for name in os.listdir(folder):
        # What is being written is behind the folder's 0700 alone.
        if not name.endswith(".part") and stat.S_IMODE(os.lstat(os.path.join(folder, name)).st_mode) != 0o600:
            wrong.append(os.path.join(folder, name))
    if wrong:
        sys.exit("others may look into: %s" % " ".join(wrong))


# ---- damage ----


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)


def flip(path, draw):
    data = bytearray(read(path))
    for _ in range(draw.choice([1, 1, 1, 2, 16, 200])):
        # The beginning is where HDF5 keeps most of what could lead it astray.
        at = draw.randrange(min(len(data), draw.choice([100, 5000, len(data)])))
        data[at] ^= 1 << draw.randrange(8) if draw.random() < 0.5 else draw.randrange(1, 256)
    write(path, data)
    return "bytes changed"


def cut(path, draw):
    data = read(path)
    write(path, data[:draw.randrange(len(data))])
    return "cut short"


def grow(path, draw):
    write(path, read(path) + draw.randbytes(draw.choice([1, 512])))
    return "grown"


def lose(path, draw):
    os.unlink(path)
    return "lost"


def link(path, draw):
    target = os.path.abspath("elsewhere")
    shutil.copy(path, target)
    os.unlink(path)
    os.symlink(target, path)
    return "a link to a copy"


def other(path, draw):
    folder = os.path.dirname(path)
    name = draw.choice([n for n in os.listdir(folder) if NAME.match(n)])
    data = read(os.path.join(folder, name)) if is_file(os.path.join(folder, name)) else b""
    write(path, data)
    return "the bytes of " + name


def pipe(path, draw):
    os.unlink(path)
    os.mkfifo(path)
    return "a pipe"


def directory(path, draw):
    os.unlink(path)
    os.mkdir(path)
    return "a folder"


KINDS = [flip] * 12 + [cut, grow, lose, link, other, pipe, directory]


# What is freed or not set holds nonsense.
poisoned = dict(os.environ, MALLOC_PERTURB_="165")


class Resumer:
    """Most cases are resumed by one process (resumer.c), which starts MPI once."""

    def __init__(self):
        self.job = subprocess.Popen([os.path.join(os.path.dirname(program), "resumer")], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=poisoned)

    def resume(self, folder):
        self.job.stdin.write(folder.encode() + b"\n")
        self.job.stdin.flush()
        line = self.job.stdout.readline().decode(errors="replace")
        if not line:
            return self.job.wait(), "it ended"
        return int(line.split(" ", 1)[0]), line

    def end(self):
        self.job.stdin.close()
        expect(self.job.wait(timeout=60) == 0, "the resumer ended with", self.job.returncode)


def resume_by_itself(ranks, folder):
    command = [program, "resume", folder, "--quiet"]
    if ranks > 1:
        command = ["mpirun", "-n", str(ranks)] + command
    job = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         timeout=300, env=poisoned)
    return job.returncode, job.stdout.decode(errors="replace")


def resume(ranks):
    """Its code, the stages that it ran, by its log, what it said, and its log. ranks 0: the resumer."""
    code, said = resume_by_itself(ranks, "again") if ranks else resumer.resume("again")
    log = read("again/log.txt").decode() if os.path.exists("again/log.txt") else ""
    return code, re.findall(r"event=stage name=(\S+)", log), said, log


def start_again(state):
    shutil.rmtree("again", ignore_errors=True)
    os.mkdir("again")
    shutil.copytree(state, "again/checkpoint", symlinks=True)


def expect(condition, *words):
    if not condition:
        sys.exit("FAILED: " + " ".join(str(w) for w in words))


def same_result():
    return read("again/audit.h5") == whole and read("again/alerts.csv") == alerts


def check_resumed(steps, ranks, told):
    code, stages, said, log = resume(ranks)
    n, with_model, last = steps
    expect(code == 0, told, "exit code", code, said)
    expect(same_result(), told, "other bytes")
    expected = [name for name in order[n:] if name in ran]  # a stage that stands aside is a step as well
    expect(stages == expected, told, "ran", stages, "expected", expected)
    going_on = re.findall(r"going on from \S+, behind ([^\"\n]*)", log)
    expect(len(going_on) == (n > 0), told, "said", going_on, log)
    if n > 0:
        expect(going_on[0].split(",")[0] == last and ("with a model" in going_on[0]) == with_model, told, going_on)


# ---- cases ----


def damaged(number, draw):
    state = draw.choice(states)
    start_again(state)
    folder = "again/checkpoint"
    told = "seed %d, case %d: %s:" % (seed, number, state)
    for _ in range(draw.choice([1, 1, 1, 2, 3, 8])):
        names = sorted(n for n in os.listdir(folder) if NAME.match(n))
        if not names:  # the draws so far have moved or removed them all
            break
        name = draw.choice(names)
        path = os.path.join(folder, name)
        if is_file(path) and os.path.getsize(path):
            told += " %s is %s," % (name, draw.choice(KINDS)(path, draw))
    write(os.path.join(folder, "notes.txt"), b"theirs")
    check_resumed(reach(folder), draw.choice([0] * 57 + [1, 2, 3]), told)
    expect(read(os.path.join(folder, "notes.txt")) == b"theirs", told, "a file of others is gone")
    left = [n for n in os.listdir(folder) if NAME.match(n) and not os.path.isdir(os.path.join(folder, n))]
    expect(left == [], told, "left behind:", left)


def damaged_configuration(number, draw):
    start_again(draw.choice(states))
    told = "seed %d, case %d: job.ini is %s," % (seed, number, draw.choice([flip, cut])("again/checkpoint/job.ini", draw))
    code, _, said, _ = resume(0)
    expect(code in (0, 64, 65, 66, 73, 78), told, "exit code", code, said)
    expect(code != 0 or same_result(), told, "other bytes")
    if "cut" in told:
        expect(code == 65 and "checkpoint/job.ini: damaged" in said, told, "exit code", code, said)


def only_the_configuration_is_left():
    for name in os.listdir("again/checkpoint"):
        if NAME.match(name):
            os.unlink(os.path.join("again/checkpoint", name))


def unchanged_inputs():
    start_again(states[-1])
    only_the_configuration_is_left()
    check_resumed((0, False, None), 2, "without checkpoints:")


def changed_inputs():
    start_again(states[-1])
    only_the_configuration_is_left()
    before = read("p.csv")
    lines = before.split(b"\n")
    lines[7] = lines[8]
    write("p.csv", b"\n".join(lines))
    for ranks in (1, 2):
        code, _, said, _ = resume(ranks)
        expect(code == 65 and "p.csv is not as it was when this job began" in said, "a changed input:", code, said)
    write("p.csv", before)
    check = resume(1)
    expect(check[0] == 0 and same_result(), "with the input put back:", check[0], check[2])


def give_other_inputs(name):
    """A whole manifest that says that it is of another book."""
    path = os.path.join("again/checkpoint", name)
    body = read(path).rsplit(b"sha256 ", 1)[0]
    write(path, seal(re.sub(rb"(?m)^inputs .*$", b"inputs " + b"0" * 64, body)))


def other_inputs():
    state = next(s for s in states if len(numbered(s)) == 2)
    for ranks in (1, 2):
        start_again(state)
        give_other_inputs(numbered(state)[-1])
        check_resumed(reach("again/checkpoint"), ranks, "the newest manifest is of other inputs:")
        expect("which is of other inputs than job.ini" in read("again/log.txt").decode(), "not told")
        start_again(state)
        for name in numbered(state):
            give_other_inputs(name)
        before = sorted(os.listdir("again/checkpoint"))
        code, _, said, _ = resume(ranks)
        expect(code == 65 and "saved by a job with other inputs than job.ini" in said, "other inputs:", code, said)
        expect(sorted(os.listdir("again/checkpoint")) == before, "other inputs: files are gone")


whole, alerts = read("whole/audit.h5"), read("whole/alerts.csv")
ran = re.findall(r"event=stage name=(\S+)", read("whole/log.txt").decode())
states = snapshots()
order = steps_of(states) + [name for name in ran if name not in steps_of(states)]
expect(read("out/audit.h5") == whole, "saving often changes the result")
expect(len({reach(s)[0] for s in states}) > 2, "too few states were met:", states)
for one in states:
    check_modes(one)
resumer = Resumer()
unchanged_inputs()
changed_inputs()
other_inputs()
for case in range(cases):
    draw = random.Random(seed * 1000003 + case)
    (damaged_configuration if case % 20 == 19 else damaged)(case, draw)
    if case % 100 == 99:
        print("case %d" % case, flush=True)
resumer.end()
print("%d cases in %d states, seed %d" % (cases, len(states), seed))
