"""docs/metrics.md against the sources; against running programs: tests/e2e/test_monitoring.py."""

from observability import documented_metrics, metrics_in_sources


def test_every_metric_of_the_sources_is_documented_and_no_other():
    sources = metrics_in_sources()
    assert len(sources) > 40
    missing, gone = set(sources) - documented_metrics(), documented_metrics() - set(sources)
    assert not missing, f"not in docs/metrics.md (CAUSEWAY_WRITE_DOCS=1 pytest tests/e2e/test_monitoring.py writes it): {missing}"
    assert not gone, f"in docs/metrics.md and in no source: {gone}"


def test_names_follow_the_conventions():
    """https://prometheus.io/docs/practices/naming: base units, counters end with _total; of our own names."""
    for name in metrics_in_sources():
        assert not any(name.endswith(unit) for unit in ("_milliseconds", "_ms", "_minutes", "_kb", "_mb")), name
