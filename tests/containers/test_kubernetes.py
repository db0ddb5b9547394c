"""The Kubernetes descriptions: rendered, valid in every field, and the same platform as compose."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from deploy.native.roles import SERVICES
from services.checkins.events import subscriptions as checkins_hears
from services.gateway.events import subscriptions as gateway_hears
from services.goals.events import subscriptions as goals_hears
from services.notifier.events import subscriptions as notifier_hears
from tests.fixtures.descriptions import ROLES, ROOT, compose, settings_of

KUBERNETES_VERSION = "1.31"
VARIANTS = ("base", "ha")
# What KEDA's own definitions ask of the two kinds that are used here; kubernetes-validate does not know them.
TEXTS: Mapping[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
KEDA: Mapping[str, Mapping[str, Any]] = {
    "ScaledObject": {
        "type": "object",
        "required": ["scaleTargetRef", "triggers"],
        "additionalProperties": False,
        "properties": {
            "scaleTargetRef": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {"name": {"type": "string"}},
            },
            "minReplicaCount": {"type": "integer"},
            "maxReplicaCount": {"type": "integer"},
            "triggers": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["type", "metadata"],
                    "additionalProperties": False,
                    "properties": {
                        "type": {"enum": ["rabbitmq", "prometheus"]},
                        "metadata": TEXTS,
                        "authenticationRef": {
                            "type": "object",
                            "required": ["name"],
                            "additionalProperties": False,
                            "properties": {"name": {"type": "string"}},
                        },
                    },
                },
            },
        },
    },
    "TriggerAuthentication": {
        "type": "object",
        "required": ["secretTargetRef"],
        "additionalProperties": False,
        "properties": {
            "secretTargetRef": {
                "type": "array",
                "items": {**TEXTS, "required": ["parameter", "name", "key"]},
            }
        },
    },
}


@cache
def rendered(variant: str) -> tuple[dict[str, Any], ...]:
    """Every object of a variant, as `kubectl` renders it."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.fail("kubectl, whose kustomize renders the descriptions, is not on this machine")
    folder = str(ROOT / "deploy/kubernetes" / variant)
    done = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def workloads(variant: str) -> dict[str, dict[str, Any]]:
    """Every Deployment and Job by its name."""
    return {one["metadata"]["name"]: one for one in rendered(variant) if one["kind"] in {"Deployment", "Job"}}


def told_by_kubernetes(variant: str, role: str) -> dict[str, str]:
    """What a role is told there."""
    maps = {one["metadata"]["name"]: one["data"] for one in rendered(variant) if one["kind"] == "ConfigMap"}
    container = workloads(variant)[role]["spec"]["template"]["spec"]["containers"][0]
    told: dict[str, str] = {}
    for source in container["envFrom"]:
        told |= maps[source["configMapRef"]["name"]]
    return told


@pytest.mark.parametrize("variant", VARIANTS)
def test_kubernetes_has_every_role_and_tells_it_the_same_settings(variant: str) -> None:
    assert set(workloads(variant)) == ROLES
    for role in ROLES:
        told, expected = told_by_kubernetes(variant, role), settings_of(compose(), role)
        # Where no URL is set, compose has one of the port that it publishes; a cluster publishes none.
        published = expected.pop("CAIRN_PUBLISHED_PORT")
        expected["CAIRN_PUBLIC_URL"] = expected["CAIRN_PUBLIC_URL"] or f"http://localhost:{published}"
        assert set(told) == set(expected)
        # A cluster has an ingress in front.
        differing = {name for name in told if told[name] != expected[name]}
        assert differing <= {"CAIRN_TRUSTED_PROXIES"}


@pytest.mark.parametrize("variant", VARIANTS)
def test_kubernetes_objects_are_valid_in_every_field(variant: str) -> None:
    for one in rendered(variant):
        if one["apiVersion"] == "keda.sh/v1alpha1":
            jsonschema.validate(one["spec"], KEDA[one["kind"]])
        else:
            kubernetes_validate.validate(one, KUBERNETES_VERSION, strict=True)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_pod_is_kept_as_strictly_as_a_container_of_compose(variant: str) -> None:
    for name, workload in workloads(variant).items():
        pod = workload["spec"]["template"]["spec"]
        container = pod["containers"][0]
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
        assert mounts == {"/run/secrets", "/tmp"}, name  # noqa: S108  # a path in the container


def test_with_high_availability_every_role_scales_and_keeps_a_budget() -> None:
    roles = {role for role in ROLES if not role.endswith("migrate")}
    by_kind: dict[str, set[str]] = {}
    for one in rendered("ha"):
        by_kind.setdefault(one["kind"], set()).add(one["metadata"]["name"])
    assert by_kind["PodDisruptionBudget"] == roles
    assert by_kind["HorizontalPodAutoscaler"] == {role for role in roles if role.endswith("web")}
    assert by_kind["ScaledObject"] == {role for role in roles if role.endswith("worker")}


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_scales_on_every_queue_it_has(service: str) -> None:
    asked = {
        trigger["metadata"]["queueName"]
        for one in rendered("ha")
        if one["kind"] == "ScaledObject" and one["metadata"]["name"] == f"{service}-worker"
        for trigger in one["spec"]["triggers"]
        if trigger["type"] == "rabbitmq"
    }
    queues = {
        "goals": {goals_hears.PROGRESS_QUEUE, goals_hears.ACCOUNTS_QUEUE},
        "checkins": {checkins_hears.QUEUE},
        "notifier": {notifier_hears.ALERTS_QUEUE, notifier_hears.COPIES_QUEUE},
        "gateway": {gateway_hears.QUEUE},
    }
    assert asked == queues[service]
