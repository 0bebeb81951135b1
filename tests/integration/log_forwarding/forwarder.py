"""The real rsyslog with the add-on's configuration, below a folder in place of a node's."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
ADDON = ROOT / "manifests" / "addons" / "log-forwarding"
PROGRAM = pathlib.Path(os.environ["CAUSEWAY_RSYSLOG"])


def make_certificates(folder):
    """Of the authority `ca`: `collector`, `elsewhere` and `node`; of another: `impostor`, for the collector's name, and `stranger`."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    for authority in ("ca", "other"):
        openssl("req", "-x509", *key, "-days", "2", "-subj", f"/CN={authority}", "-keyout", f"{authority}.key", "-out", f"{authority}.crt")
    for name, host, authority in (("collector", "localhost", "ca"), ("elsewhere", "elsewhere", "ca"), ("node", "node", "ca"),
                                  ("impostor", "localhost", "other"), ("stranger", "node", "other")):
        openssl("req", *key, "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key", "-days", "2",
                "-copy_extensions", "copy", "-out", f"{name}.crt")


class Forwarder:
    def __init__(self, folder, certificates, port, client="node", **changes):
        """`changes`: other values of the configuration, by their names there, with _ for a dot."""
        self.pods, self._spool, self._folder, self._process = folder / "pods", folder / "spool", folder, None
        tls = folder / "tls"
        for made in (self.pods, self._spool, tls):
            made.mkdir()
        for name, file in (("ca.crt", "ca.crt"), ("tls.crt", f"{client}.crt"), ("tls.key", f"{client}.key")):
            (tls / name).write_bytes((certificates / file).read_bytes())
        self.tls = tls
        text = (ADDON / "rsyslog.conf").read_text()
        for there, here in (("/var/log/pods", self.pods), ("/var/spool/rsyslog", self._spool), ("/etc/rsyslog-tls", tls),
                            ("/etc/rsyslog/", f"{ADDON}/")):
            assert there in text
            text = text.replace(there, str(here))
        for name, value in {"action_resumeInterval": "1", "queue_timeoutShutdown": "100", **changes}.items():
            before, found, after = text.partition(f'{name.replace("_", ".")}="')
            assert found, name
            text = f"{before}{found}{value}{after[after.index(chr(34)):]}"
        (folder / "rsyslog.conf").write_text(text)
        self._environment = {**os.environ, "NODE_NAME": "node-1", "POD_NAME": "forwarder-1", "POD_NAMESPACE": "causeway-logs",
                             "COLLECTOR_HOST": "localhost", "COLLECTOR_PORT": str(port)}

    def start(self):
        modules, = PROGRAM.parents[1].glob("lib/*/rsyslog")
        environment = {**self._environment, "LD_LIBRARY_PATH": str(modules.parent)}
        with open(self._folder / "said", "a") as said:
            self._process = subprocess.Popen([PROGRAM, "-n", "-f", self._folder / "rsyslog.conf", "-i", self._folder / "pid",
                                              "-M", modules], stdout=said, stderr=said, env=environment)

    def stop(self):
        """As a pod is stopped; what is waiting is on the disk then."""
        if self._process:
            self._process.terminate()
            assert self._process.wait(timeout=25) == 0, self.said()
            self._process = None

    def said(self):
        return (self._folder / "said").read_text()

    def waiting(self, text="\n<Obj:1:msg:1:"):
        """Messages with that text which are on the disk for the collector; of a file that is sent in part, all."""
        return sum((b"\n" + file.read_bytes()).count(text.encode()) for file in self._spool.glob("waiting.0*"))

    def container(self, pod="git-0", name="serve", namespace="causeway-system", restart=0):
        folder = self.pods / f"{namespace}_{pod}_8f7a2c1e-0000-4000-8000-000000000001" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{restart}.log"
