import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE = yaml.safe_load(TEXT)
OURS = ("migrate", "web", "worker", "beat")


def documented():
    text = (ROOT / ".env.example").read_text("utf-8")
    return set(re.findall(r"^([A-Z_]+)=", text, flags=re.MULTILINE))


def test_the_parts_are_the_ones_the_product_needs():
    assert set(COMPOSE["services"]) == {"postgres", "redis", *OURS}
    assert COMPOSE["services"]["postgres"]["image"] == "postgres:17"
    assert COMPOSE["services"]["redis"]["image"] == "redis:7"


def test_every_variable_is_documented():
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", TEXT))

    assert used
    assert used <= documented()


def test_every_setting_given_to_the_product_is_documented():
    given = set(COMPOSE["x-product"]["environment"])

    assert given <= documented()
    assert {"SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL"} <= given


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "POSTGRES_PASSWORD"])
def test_secrets_come_from_outside_and_are_required(name):
    values = re.findall(r"\$\{" + name + r"([^}]*)\}", TEXT)

    assert values
    assert all(value.startswith(":?") for value in values)


def test_there_is_one_beat_and_no_worker_carries_another():
    beats = [
        name for name in OURS if "beat" in COMPOSE["services"][name].get("command", [])
    ]
    worker = COMPOSE["services"]["worker"]["command"]

    assert beats == ["beat"]
    assert not {"-B", "--beat"} & set(worker)
    assert "deploy" not in COMPOSE["services"]["beat"]


@pytest.mark.parametrize("name", ["web", "worker"])
def test_the_scalable_parts_have_no_name_and_no_single_port(name):
    service = COMPOSE["services"][name]

    assert "container_name" not in service
    for port in service.get("ports", []):
        assert re.search(r"\d+-\d+", port), (
            "a second one could not start on the same port"
        )


@pytest.mark.parametrize("name", OURS)
def test_our_parts_run_as_nobody_on_a_read_only_disk(name):
    service = COMPOSE["services"][name]

    assert service["user"].split(":")[0] not in ("0", "root")
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108 -- the container's own memory
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", ["postgres", "redis", "web", "worker", "beat"])
def test_every_lasting_part_says_whether_it_is_well(name):
    assert COMPOSE["services"][name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_starts_before_the_database_has_today_s_shape(name):
    waits = COMPOSE["services"][name]["depends_on"]

    assert waits["migrate"]["condition"] == "service_completed_successfully"


def test_every_volume_is_named():
    mounted = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
    }

    assert mounted == set(COMPOSE["volumes"])


def test_the_image_runs_as_the_same_nobody():
    text = (ROOT / "Dockerfile").read_text("utf-8")

    assert "--uid 10001" in text
    assert re.findall(r"^USER (\w+)$", text, flags=re.MULTILINE)[-1:] == ["coprod"]
    assert "--require-hashes" in text
