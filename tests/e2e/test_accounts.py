"""The original platform's black-box cases SH-A and SH-S, as a browser does them."""

import base64
import hashlib
import hmac
import json
import random
import secrets
import time

import pytest

from browser import Browser, first_administrator
from steps import ROOT, eventually, run


def someone():
    """A number and a name that nobody has."""
    return f"+86138{random.randrange(10**8):08d}", f"u{secrets.token_hex(4)}"


def sent_code(platform, to):
    """The newest code that was sent there: on this platform codes go into the log."""
    log = platform.log("app.kubernetes.io/name=causeway-apiserver", "causeway-system")
    lines = [json.loads(line) for line in log.splitlines() if '"code"' in line]
    codes = [(line["ts"], line["code"]) for line in lines if line.get("to") == to]
    return max(codes)[1] if codes else None


def sign_in(platform, phone, browser=None):
    browser = browser or Browser(platform)
    before = sent_code(platform, phone)
    browser.post("/phone_code", {"phone": phone})
    code = eventually("the code has come", lambda: (now := sent_code(platform, phone)) != before and now)
    return browser, browser.post("/login", {"phone": phone, "code": code})


@pytest.fixture
def member(platform):
    """Makes users who are signed in; what they have on the hub is removed."""
    made = []

    def make():
        phone, name = someone()
        browser, _ = sign_in(platform, phone)
        browser.post("/api/v1/me/initialisation", {"name": name})
        browser.name = name
        made.append(name)
        return browser

    yield make
    for name in made:
        platform.delete("namespace", f"u-{name}", timeout=None)


@pytest.fixture(scope="module", autouse=True)
def known(platform):
    """Number and name of a user who was here when these tests began, and when another code is sent there: the last one need not wait."""
    phone, name = someone()
    browser, _ = sign_in(platform, phone)
    browser.post("/api/v1/me/initialisation", {"name": name})
    assert browser.status("GET", "/sign_out") == 204
    assert browser.get("/identity")["role"] == "visitor"
    status, headers, _ = browser.call("POST", "/phone_code", {"phone": phone})
    assert status == 429 and 0 < int(headers["Retry-After"]) <= 60
    yield phone, name, time.monotonic() + int(headers["Retry-After"]) + 1
    platform.delete("namespace", f"u-{name}", timeout=None)


def create(browser, name, **more):
    return browser.post("/api/v1/repositories", {"name": name, **more})


def test_SH_A_001_a_new_number_becomes_a_user_in_the_workshop(platform, member):
    phone, name = someone()
    browser, answer = sign_in(platform, phone)
    assert answer["new"] and not answer["user"]["initialised"]
    status, _, problem = browser.call("POST", "/api/v1/repositories", {"name": "x"}, {"Idempotency-Key": "1"})
    assert status == 409 and "choose a name" in problem["detail"]
    other = member()
    assert browser.status("POST", "/api/v1/me/initialisation", {"name": other.name.upper()}) == 409, "the name is taken"
    user = browser.post("/api/v1/me/initialisation", {"name": name, "displayName": "A new one"})
    assert user["name"] == name and user["initialised"]
    # The workshop: the user's own repositories, none so far, and the place on the hub where they will be.
    assert browser.visible("&mine=true") == []
    namespace = eventually("the account has a namespace", lambda: platform.get("namespace", f"u-{name}"))
    assert namespace["metadata"]["labels"]["causeway.dev/owner"] == name
    create(browser, "first")
    assert browser.visible("&mine=true") == [f"{name}/first"]
    platform.delete("namespace", f"u-{name}", timeout=None)


def test_SH_A_003_a_visitor_sees_what_is_public(platform, member):
    owner, visitor = member(), Browser(platform)
    create(owner, "open", visibility="public")
    create(owner, "secret")
    assert visitor.visible(f"&owner={owner.name}") == [f"{owner.name}/open"]
    assert visitor.get(f"/api/v1/repositories/{owner.name}/open")["right"] == "read"
    assert visitor.status("GET", f"/api/v1/repositories/{owner.name}/secret") == 404
    assert visitor.status("PATCH", f"/api/v1/repositories/{owner.name}/open", {"description": "mine"}) == 401
    assert visitor.status("DELETE", f"/api/v1/repositories/{owner.name}/open") == 401


def test_SH_A_004_a_user_works_on_what_is_theirs_and_shared(platform, member):
    owner, colleague, stranger = member(), member(), member()
    create(owner, "open", visibility="public")
    create(owner, "shared")
    path = f"/api/v1/repositories/{owner.name}/shared"
    assert owner.status("PATCH", path, {"collaborators": [{"user": colleague.name, "role": "write"}]}) == 200
    assert set(colleague.visible(f"&owner={owner.name}")) == {f"{owner.name}/open", f"{owner.name}/shared"}
    assert colleague.get(path)["right"] == "write"
    assert colleague.status("PATCH", path, {"description": "mine"}) == 403, "settings are the owner's"
    assert stranger.visible(f"&owner={owner.name}") == [f"{owner.name}/open"]
    assert stranger.status("PATCH", path, {"description": "mine"}) == 404
    assert stranger.status("PATCH", f"/api/v1/repositories/{owner.name}/open", {"description": "mine"}) == 403
    # git says the same.
    eventually("the repository is there", lambda: platform.condition("repo", "shared", f"u-{owner.name}", "Ready") is not None)
    for who, may in ((colleague, True), (stranger, False)):
        token = who.post("/api/v1/me/tokens", {"name": "git", "scopes": ["repository:write"]})["token"]
        url = f"http://{who.name}:{token}@127.0.0.1:{platform.web_port}/{owner.name}/shared.git"
        seen = run("git", "-c", f"http.extraHeader=Host: git.localhost:{platform.web_port}", "ls-remote", url, check=False)
        assert (seen.returncode == 0) == may, seen.stderr


@pytest.fixture
def short_sessions(platform):
    """Sets how long a session lasts without use, in seconds; as it was afterwards."""
    deployment = "deployment/causeway-apiserver"

    def rollout():
        platform.kubectl("-n", "causeway-system", "rollout", "status", deployment, "--timeout=120s", timeout=150)

    def set_idle(seconds):
        platform.kubectl("-n", "causeway-system", "patch", deployment, "--type=json", "-p", json.dumps(
            [{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": f"--session-idle={seconds}s"}]))
        rollout()
        # One that ends goes on answering over connections that the gateway has.
        eventually("no pod of before is left", lambda: all(f"--session-idle={seconds}s" in pod["spec"]["containers"][0]["args"] for pod in
                   platform.pods("causeway-system", "app.kubernetes.io/name=causeway-apiserver", cluster=None)))
    yield set_idle
    platform.kubectl("-n", "causeway-system", "rollout", "undo", deployment)
    rollout()


# Three minutes and one in the thesis; here a twelfth of that.

def test_SH_A_005_who_comes_back_in_time_goes_on(platform, short_sessions):
    short_sessions(15)
    browser, _ = sign_in(platform, someone()[0])
    for _ in range(2):
        time.sleep(10)
        assert browser.get("/pre_login")["role"] == "user"


def test_SH_A_006_who_comes_back_too_late_signs_in(platform, short_sessions):
    short_sessions(5)
    browser, _ = sign_in(platform, someone()[0])
    assert browser.get("/pre_login")["role"] == "user"
    time.sleep(6)
    assert browser.status("GET", "/pre_login") == 401
    assert browser.get("/identity")["role"] == "visitor"


def change_profile(browser, **changes):
    _, headers, _ = browser.call("GET", "/api/v1/me")
    status, _, answer = browser.call("PATCH", "/api/v1/me", changes, {"If-Match": headers["ETag"]})
    assert status == 200, answer
    return answer


def test_SH_S_001_name_and_picture_stay(platform, member):
    browser = member()
    change_profile(browser, displayName="Ada Lovelace")
    picture = b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(100)
    assert browser.status("PUT", "/api/v1/me/avatar", picture, {"Content-Type": "image/png"}) == 204
    password = secrets.token_hex(12)
    assert browser.status("PUT", "/api/v1/me/password", {"password": password}) == 204
    assert browser.status("GET", "/sign_out") == 204
    again = Browser(platform)
    assert again.post("/login", {"account": browser.name, "password": password})["user"]["displayName"] == "Ada Lovelace"
    status, headers, shown = again.call("GET", again.get("/api/v1/me")["avatar"])
    assert status == 200 and headers["Content-Type"] == "image/png" and shown == picture


def test_SH_S_002_an_introduction_is_shown_as_its_markdown_says(platform, member):
    browser = member()
    change_profile(browser, introduction="# Engines\n\n*Notes* <script>alert(1)</script> [x](javascript:alert(1))")
    for _ in range(2):
        shown = Browser(platform).get(f"/api/v1/users/{browser.name}")["introductionHtml"]
        assert "<h1" in shown and "<em>Notes</em>" in shown and "<script" not in shown and "javascript:" not in shown


def test_SH_S_003_repositories_are_found(platform, member):
    owner = member()
    create(owner, "vision-model", visibility="public", tags=["vision", owner.name])
    create(owner, "word-list", visibility="public", type="dataset", tags=[owner.name])
    create(owner, "hidden", tags=["vision", owner.name])
    for browser in (Browser(platform), member()):
        assert set(browser.visible(f"&tag={owner.name}")) == {f"{owner.name}/vision-model", f"{owner.name}/word-list"}
        assert browser.visible(f"&tag={owner.name}&tag=vision") == [f"{owner.name}/vision-model"]
        assert browser.visible(f"&owner={owner.name}&q=WORD") == [f"{owner.name}/word-list"]
        assert browser.visible(f"&owner={owner.name}&type=dataset") == [f"{owner.name}/word-list"]


def test_SH_S_004_a_repository_is_made_shared_and_shown(platform, member):
    owner, colleague = member(), member()
    made = create(owner, "My_Model", description="Made by hand")
    assert made["path"] == f"{owner.name}/My_Model" and made["visibility"] == "private"
    path = f"/api/v1/repositories/{made['path']}"
    assert colleague.status("GET", path) == 404
    assert owner.status("PATCH", path, {"collaborators": [{"user": colleague.name, "role": "read"}]}) == 200
    assert colleague.get(path)["right"] == "read"
    assert owner.status("PATCH", path, {"collaborators": [], "visibility": "public"}) == 200
    assert Browser(platform).get(path)["description"] == "Made by hand"
    # The custom resource says so, in the words of whoever applied it.
    repo = platform.get("repo", made["resource"], made["namespace"])
    assert repo["spec"]["visibility"] == "Public"
    # Twice with one key is once.
    key = {"Idempotency-Key": secrets.token_hex(8)}
    first, again = (owner.call("POST", "/api/v1/repositories", {"name": "once"}, key) for _ in range(2))
    assert first[0] == again[0] == 201 and first[2] == again[2]
    assert owner.status("POST", "/api/v1/repositories", {"name": "once"}, {"Idempotency-Key": secrets.token_hex(8)}) == 409
    assert owner.status("DELETE", path) == 204
    assert owner.status("GET", path) == 404
    eventually("the custom resource is gone", lambda: platform.get("repo", made["resource"], made["namespace"]) is None)


def test_SH_S_005_content_comes_by_git_and_by_the_site(platform, member, folder):
    owner = member()
    create(owner, "digits")
    eventually("the repository is there", lambda: platform.condition("repo", "digits", f"u-{owner.name}", "Ready") is not None)
    root = f"/api/v1/content/{owner.name}/digits"
    assert owner.get(f"{root}/tree")["items"] == []
    token = owner.post("/api/v1/me/tokens", {"name": "git", "scopes": ["repository:write"]})["token"]
    url = f"http://{owner.name}:{token}@127.0.0.1:{platform.web_port}/{owner.name}/digits.git"

    def git(*arguments):
        return run("git", "-c", f"http.extraHeader=Host: git.localhost:{platform.web_port}", "-c", "user.name=Ada",
                   "-c", "user.email=ada@example.org", *arguments).stdout

    here = str(folder / "here")
    git("init", "-q", "-b", "main", here)
    (folder / "here" / "README.md").write_text("# Digits\n")
    (folder / "here" / "app.py").write_text("print(1)\n")
    git("-C", here, "add", "-A")
    git("-C", here, "commit", "-q", "-m", "Begin")
    git("-C", here, "push", "-q", url, "main")
    pushed = git("-C", here, "rev-parse", "HEAD").strip()

    assert [e["path"] for e in owner.get(f"{root}/tree")["items"]] == ["README.md", "app.py"]
    assert "<h1" in owner.get(f"{root}/files/main/README.md")["html"]
    assert owner.get(f"{root}/commits")["items"][0]["id"] == pushed
    edited = owner.post(f"{root}/commits", {"message": "Edit on the site", "expectedHead": pushed,
                                            "changes": [{"action": "put", "path": "app.py", "text": "print(2)\n"}]})
    git("clone", "-q", url, str(folder / "there"))
    assert (folder / "there" / "app.py").read_text() == "print(2)\n"
    assert git("-C", str(folder / "there"), "rev-parse", "HEAD").strip() == edited["commit"]
    # The Repo has heard of it as of a push.
    eventually("the custom resource knows the commit",
               lambda: (platform.get("repo", "digits", f"u-{owner.name}")["status"].get("head") or {}).get("commit") == edited["commit"])
    assert Browser(platform).status("GET", f"{root}/tree") == 404


def test_a_setting_that_gitops_owns_is_left_to_it(platform):
    browser = first_administrator(platform)
    status, _, problem = browser.call("PATCH", "/api/v1/repositories/ada/digits", {"visibility": "private"})
    assert status == 409 and "causeway-install" in problem["detail"]


def test_a_name_whose_namespace_somebody_has_is_taken(platform, tenant):
    """A tenant that an administrator made, with what is in it, is not for whoever takes the name first."""
    browser, _ = sign_in(platform, someone()[0])
    assert browser.status("POST", "/api/v1/me/initialisation", {"name": tenant.removeprefix("u-").replace("--", "-")}) == 409


def test_the_initial_password_was_for_setting_another(platform):
    """`up` has taken the first step: what people read is a password of its own, and the Secret's lets nobody in."""
    initial = platform.get("secret", "first-administrator", "causeway-system")["data"]["password"]
    initial = base64.b64decode(initial).decode().strip()
    assert initial != (platform.data / "first-password").read_text().strip()
    browser = Browser(platform)
    assert browser.status("POST", "/login", {"account": "ada", "password": initial}) == 401
    assert browser.get("/identity")["role"] == "visitor"
    identity = first_administrator(platform).get("/identity")
    assert identity["role"] == "administrator" and "needs" not in identity


def app_code(secret, steps=0):
    """What an authenticator app shows (RFC 6238), some steps of 30 s from now."""
    digest = hmac.digest(base64.b32decode(secret), (int(time.time()) // 30 + steps).to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def test_a_second_factor_is_given_besides_the_password(platform, member):
    browser, password = member(), secrets.token_hex(12)
    assert browser.status("PUT", "/api/v1/me/password", {"password": password}) == 204
    status, _, begun = browser.call("POST", "/api/v1/me/second-factor")
    assert status == 200, begun
    status, _, on = browser.call("PUT", "/api/v1/me/second-factor", {"code": app_code(begun["secret"])})
    assert status == 200 and len(on["recoveryCodes"]) == 10, on

    again = Browser(platform)
    answer = again.post("/login", {"account": browser.name, "password": password})
    assert answer["needs"] == "second-factor" and "user" not in answer
    assert again.get("/identity")["role"] == "visitor"
    assert again.status("GET", "/api/v1/me") == 403
    # The next code of the app, as one shows it whose clock is a little ahead.
    assert again.post("/second_factor", {"code": app_code(begun["secret"], 1)})["user"]["name"] == browser.name
    assert again.get("/api/v1/me")["recoveryCodes"] == 10


def test_kubectl_is_oneself_after_login(platform, member, folder):
    user, other = member(), member()
    create(user, "mine")
    create(other, "theirs")
    token = user.post("/api/v1/me/tokens", {"name": "kubectl", "scopes": ["kubernetes"]})["token"]
    run(str(ROOT / "causeway"), "login", platform.endpoints()["web"], "--token-file", "-", "--folder", str(folder / "login"), input=token)

    def kubectl(*arguments):
        return run(platform._kubectl_program(), "--kubeconfig", str(folder / "login/kubeconfig"), *arguments, check=False)
    assert kubectl("get", "repos", "-o", "name").stdout == "repo.causeway.dev/mine\n"
    for others in (("-n", f"u-{other.name}"), ("-A",), ("-n", "causeway-system")):
        assert "orbidden" in kubectl("get", "repos", *others).stderr
    assert "orbidden" in kubectl("create", "token", "default").stderr


def test_a_disabled_user_is_out_and_loses_the_namespace(platform, member):
    user, administrator = member(), first_administrator(platform)
    create(user, "mine", visibility="public")
    standing = f"/api/v1/users/{user.name}/standing"
    assert user.status("PUT", standing, {"disabled": False}) == 403
    assert administrator.status("PUT", standing, {"disabled": True}) == 200
    eventually("the session has ended", lambda: user.get("/identity")["role"] == "visitor")
    assert Browser(platform).visible(f"&owner={user.name}") == []
    binding = lambda: platform.get("rolebinding", "causeway-tenant", f"u-{user.name}")  # noqa: E731
    eventually("nobody works in the namespace any more", lambda: not binding().get("subjects"))
    assert administrator.status("PUT", standing, {"disabled": False}) == 200
    eventually("they do again", lambda: binding().get("subjects"))


def test_SH_A_002_a_known_number_is_the_same_user(platform, known):
    """The last one here: codes for one number are a minute apart."""
    phone, name, again_at = known
    time.sleep(max(0, again_at - time.monotonic()))
    again, answer = sign_in(platform, phone)
    assert not answer["new"] and answer["user"]["name"] == name
    assert again.visible("&mine=true") == []
