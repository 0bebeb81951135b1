"""Where the production overlay's gateway leads requests for the site."""

from rendered import render


def test_the_sites_paths_lead_to_the_role_that_serves_them():
    ingress, = (o for o in render("overlays/production") if o["kind"] == "Ingress" and o["metadata"]["name"] == "causeway-apiserver")
    paths = ingress["spec"]["rules"][0]["http"]["paths"]
    assert {p["path"]: p["backend"]["service"]["name"] for p in paths} == {"/": "causeway-apiserver", "/api/v1/content": "git"}
