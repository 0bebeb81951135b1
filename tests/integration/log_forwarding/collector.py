"""A collector of syslog over TLS (RFC 5425) that wants a certificate from whoever sends."""

import socket
import ssl
import threading


class Collector:
    """At a port of its own, which it keeps while it is away."""

    def __init__(self, certificates, name="collector", clients="ca"):
        """`name`: whose certificate it shows. `clients`: the authority that senders' have to be of."""
        self.messages, self.refused, self.names = [], 0, []
        self._changed = threading.Condition()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificates / f"{name}.crt", certificates / f"{name}.key")
        self._tls.load_verify_locations(certificates / f"{clients}.crt")
        self._tls.verify_mode = ssl.CERT_REQUIRED
        self._place = self._bound(0)
        self.port = self._place.getsockname()[1]
        self._listener = None
        self._threads, self._going = [], False

    @staticmethod
    def _bound(port):
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(("127.0.0.1", port))
        return made

    def come(self):
        self._going = False
        self._listener = self._bound(self.port)
        self._listener.listen()
        self._start(self._accept)

    def go(self):
        """As a server that is stopped: whoever is there is told that TLS ends, and nobody is let in. The port stays its own."""
        self._going = True
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._threads = []
        self._listener.close()

    def close(self):
        if self._threads:
            self.go()
        self._place.close()

    def wait(self, condition, timeout=30):
        """Until `condition(self)`."""
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), timeout), f"{len(self.messages)} messages, the last: {self.messages[-3:]}"

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection):
        try:
            with connection, self._tls.wrap_socket(connection, server_side=True) as stream:
                self._note(lambda: self.names.append(dict(part for rdn in stream.getpeercert()["subject"] for part in rdn)["commonName"]))
                stream.settimeout(0.05)
                self._read(stream)
                stream.unwrap()
        except (ssl.SSLError, OSError):
            self._note(lambda: setattr(self, "refused", self.refused + 1))

    def _note(self, change):
        with self._changed:
            change()
            self._changed.notify_all()

    def _read(self, stream):
        """Frames of RFC 5425: a length, a space, and as many bytes."""
        had = b""
        while not self._going:
            try:
                more = stream.recv(65536)
            except TimeoutError:
                continue
            if not more:
                return
            had += more
            while (space := had.find(b" ")) > 0 and len(had) > (end := space + int(had[:space])):
                message, had = had[space + 1:end + 1].decode(), had[end + 1:]
                self._note(lambda message=message: self.messages.append(message))
