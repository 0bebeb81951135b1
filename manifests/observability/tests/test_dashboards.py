"""Dashboards: files that Grafana can load, asking for metrics that there are."""

import pytest
import yaml

from observability import FOLDER, FOREIGN, dashboards, documented_metrics, metrics_in, queries


def test_each_has_an_identity_of_its_own():
    uids = [dashboard["uid"] for dashboard in dashboards().values()]
    assert len(uids) == len(set(uids)) and all(uid.startswith("causeway-") for uid in uids)


def test_each_is_in_a_config_map():
    kustomization = yaml.safe_load((FOLDER / "dashboards" / "kustomization.yaml").read_text())
    assert sorted(file for generator in kustomization["configMapGenerator"] for file in generator["files"]) == \
        sorted(name + ".json" for name in dashboards())


@pytest.mark.parametrize("name,dashboard", dashboards().items(), ids=lambda value: value if isinstance(value, str) else "")
def test_panels(name, dashboard):
    assert [variable["name"] for variable in dashboard["templating"]["list"]] == ["datasource"]
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    taken = set()
    for panel in dashboard["panels"]:
        assert panel["targets"] and all(target["expr"] for target in panel["targets"]), panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}"
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken and place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells


@pytest.mark.parametrize("name,title,expression", queries())
def test_panels_ask_for_metrics_that_there_are(name, title, expression):
    assert metrics_in(expression) <= documented_metrics() | FOREIGN


def test_metrics_are_found_in_an_expression():
    assert metrics_in('max by (name) (workqueue_depth{name="a_b"} unless on (instance) leader_x == 0)') == {"workqueue_depth", "leader_x"}
    assert metrics_in("histogram_quantile(0.9, sum by (le) (rate(a_seconds_bucket[5m]))) - time() > 5") == {"a_seconds"}
