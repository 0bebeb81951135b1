"""Every operation of the OpenAPI document, with values that are made up, as everybody: what is answered is what the document says, no
request makes the server fail, and nobody learns of what is another's."""

import fnmatch
import json
import os
import pathlib
import random
import secrets
import subprocess
import urllib.parse

import jsonschema
import pytest

from generate import NASTY, Generator
from steps import eventually

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENT = json.loads((ROOT / "apiserver/openapi.json").read_text())
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]
REQUESTS = int(os.environ.get("CAUSEWAY_API_FUZZ_REQUESTS", "25"))  # of each operation and role
SEED = int(os.environ.get("CAUSEWAY_API_FUZZ_SEED", "0")) or secrets.randbits(32)


@pytest.fixture(scope="session")
def victim(people, folder):
    """Somebody with a private repository, whose secrets are looked for in every answer to others."""
    person = people.user()
    person.canaries = [f"canary{secrets.token_hex(8)}" for _ in range(3)]
    person.must("POST", "/api/v1/repositories", {"name": "hidden", "description": person.canaries[0], "visibility": "private"})
    person.must("POST", "/api/v1/repositories", {"name": "shown", "visibility": "public"})
    person.must("POST", "/api/v1/me/tokens", {"name": person.canaries[1], "scopes": ["repository:read"], "days": 7})
    for name in ("hidden", "shown"):
        eventually("it is in the list", lambda: person.call("GET", f"/api/v1/repositories/{person.name}/{name}")[0] == 200)
        # What the Repo controller does, which is not here.
        bare = folder / f"git/{person.name}/{name}.git"
        subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", bare], check=True)
        subprocess.run(["git", "-C", bare, "config", "causeway.visibility", "private" if name == "hidden" else "public"], check=True)
        commit(person, name, person.canaries[2] if name == "hidden" else "Hello.")
    return person


def commit(person, name, text):
    person.must("POST", f"/api/v1/content/{person.name}/{name}/commits",
                {"message": text, "changes": [{"action": "put", "path": "README.md", "text": f"# {text}\n"}]})


def target(generator, method, path, operation, valid):
    """The path with its parameters, and the headers among them."""
    headers, query = {}, []
    make = generator.valid if valid else lambda schema, name: generator.random.choice([generator.valid(schema, name), generator.odd()])
    for parameter in operation.get("parameters", []):
        name, place = parameter["name"], parameter["in"]
        if place != "path" and not parameter.get("required") and generator.random.random() < 0.5:
            continue
        value = make(parameter["schema"], name)
        values = value if isinstance(value, list) else [value]
        texts = [json.dumps(v) if isinstance(v, (dict, list, bool)) or v is None else str(v) for v in values] or [""]
        if place == "path":
            # Dots alone would lead to another address.
            text = urllib.parse.quote(texts[0], safe="/" if name == "path" else "") or "%20"
            if not text.strip("."):
                text = "%2e" * len(text)
            path = path.replace("{" + name + "}", text)
        elif place == "query":
            query += [(name, text) for text in texts]
        elif name != "X-Causeway-Request":
            headers[name] = "".join(c for c in texts[0] if 32 <= ord(c) < 127)
    if not valid and generator.random.random() < 0.2:
        query.append(("unknown", "1"))
    return path + ("?" + urllib.parse.urlencode(query) if query else ""), headers


def body(generator, operation, valid):
    """(bytes, media type)"""
    media, content = next(iter(operation["requestBody"]["content"].items()))
    if valid:
        return json.dumps(generator.valid(content.get("schema", {}))).encode(), media
    value = generator.invalid(content.get("schema", {}))
    text = json.dumps(value).encode()
    return generator.random.choice([
        (text, media), (text, media), (text, media), (text, media), (text[:-1], media), (text + b"x", media), (b"", media), (b"[" * 10000, media),
        (b"\xff\xfe{}", media), (text, "text/plain"), (text, ""), (b'{"a":1,"a":2}', media)])


def check(method, path, operation, answer):
    status, headers, content = answer
    assert status < 500, "the server failed"
    if status == 400 and headers["Connection"] == "close" and headers["Content-Type"].startswith("text/plain"):
        return  # what HTTP does not allow is no request yet (base/header_validator)
    responses = operation["responses"]
    assert str(status) in responses, f"{status} is not among the document's answers: {sorted(responses)}"
    response = responses[str(status)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    declared = response.get("content", {})
    if not content or method == "head":
        return
    media = headers["Content-Type"].split(";")[0]
    assert any(fnmatch.fnmatch(media, m) for m in declared), f"{media} is not among {sorted(declared)}"
    schema = declared.get(media, {}).get("schema")
    if schema and "json" in media:
        jsonschema.validate(json.loads(content), {**schema, "components": DOCUMENT["components"]}, cls=jsonschema.Draft202012Validator)


def ask(people, victim, role, method, path):
    operation = DOCUMENT["paths"][path][method]
    person = getattr(people, role)()
    seed = f"{SEED}-{role}-{method}-{path}"
    if role == "user":
        person.must("POST", "/api/v1/repositories", {"name": "own", "visibility": "public"})
    known = {"owner": [victim.name, person.name or victim.name], "name": ["hidden", "shown", "own", person.name or victim.name, victim.name],
             "revision": ["main", "HEAD"], "path": ["README.md", "."], "user": [victim.name]}
    generator = Generator(random.Random(seed), DOCUMENT, known)
    for number in range(REQUESTS):
        valid = number % 2 == 0
        where, headers = target(generator, method, path, operation, valid)
        content = None
        if "requestBody" in operation:
            content, headers["Content-Type"] = body(generator, operation, valid)
        elif method in ("put", "post") and not valid:
            content = generator.random.choice(NASTY).encode()
        answer = person.call(method.upper(), where, content, headers)
        try:
            check(method, path, operation, answer)
            if role != "administrator":
                text = answer[2].decode(errors="replace") + str(answer[1])
                for secret in (*victim.canaries, victim.phone, victim.phone[3:]):
                    assert secret not in text, "another's secret"
        except (AssertionError, jsonschema.ValidationError) as error:
            pytest.fail(f"{error}\n{method.upper()} {where}\n{headers}\n{content!r}\n→ {answer[0]} {answer[1]}\n{answer[2][:2000]!r}\n"
                        f"again: CAUSEWAY_API_FUZZ_SEED={SEED}")
        if role != "visitor" and person.role() == "visitor":  # it has signed itself out
            person = getattr(people, role)()


@pytest.mark.parametrize("role", ["visitor", "user"])
@pytest.mark.parametrize("method, path", OPERATIONS, ids=[f"{m}-{p}" for m, p in OPERATIONS])
def test_answers_others_as_the_document_says(people, victim, role, method, path):
    ask(people, victim, role, method, path)


def test_the_hidden_repository_answers_its_owner(victim):
    """What was looked for in vain can be found."""
    _, _, content = victim.call("GET", f"/api/v1/repositories/{victim.name}/hidden")
    assert victim.canaries[0] in content.decode()
    _, _, content = victim.call("GET", f"/api/v1/content/{victim.name}/hidden/files/main/README.md")
    assert victim.canaries[2] in content.decode()


# After the others: an administrator may remove what they were not to find.
@pytest.mark.parametrize("method, path", OPERATIONS, ids=[f"{m}-{p}" for m, p in OPERATIONS])
def test_answers_administrators_as_the_document_says(people, victim, method, path):
    ask(people, victim, "administrator", method, path)
