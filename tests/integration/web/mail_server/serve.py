"""A mail server for tests: aiosmtpd, with the certificate, the user and the moods that are asked for.

Standard output: a line of JSON when it listens, {"port", "ca"}, then one for each message that it took,
{"from", "to", "authenticated", "tls", "data"}. It ends with its standard input."""

import argparse
import asyncio
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.smtp import SMTP, AuthResult


def say(**what):
    print(json.dumps(what), flush=True)


class Mood:
    def __init__(self, options):
        self.options = options

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("nobody@"):
            return "550 5.1.1 there is no such mailbox"
        if address.startswith("busy@"):
            return "451 4.3.0 come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        say(**{"from": envelope.mail_from, "to": envelope.rcpt_tos, "authenticated": session.authenticated,
               "tls": session.ssl is not None or self.options.tls == "implicit", "data": envelope.content.decode()})
        return "250 taken"


async def serve(options, folder):
    context = None
    if options.tls != "none":
        key, certificate = folder / "key.pem", folder / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-keyout", key, "-out", certificate, "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1"],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

    def check(server, session, envelope, mechanism, given):
        return AuthResult(success=f"{given.login.decode()}:{given.password.decode()}" == options.user, handled=False)

    def protocol():
        return SMTP(Mood(options), hostname="mail", tls_context=context if options.tls == "starttls" else None,
                    require_starttls=options.tls == "starttls", authenticator=check if options.user else None,
                    auth_required=bool(options.user), auth_require_tls=options.tls == "starttls")

    async def silent(reader, writer):
        await reader.read()
        writer.close()

    loop = asyncio.get_running_loop()
    if options.silent:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
    else:
        server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if options.tls == "implicit" else None)
    say(port=server.sockets[0].getsockname()[1], ca=str(folder / "cert.pem"))
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", choices=["starttls", "implicit", "none"], default="starttls")
    parser.add_argument("--user", default="", help="name:password that has to be shown")
    parser.add_argument("--silent", action="store_true", help="takes connections and says nothing")
    with tempfile.TemporaryDirectory(prefix="causeway-mail-") as folder:
        asyncio.run(serve(parser.parse_args(), pathlib.Path(folder)))


main()
