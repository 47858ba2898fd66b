"""A job as API v2 shows it, whatever API made it."""

from __future__ import annotations

from ..engine.jobs import Door
from ..engine.offers import ENGINES_BY_VERSION, FLAVORS_BY_CODE, NO_ENGINE, Flavor
from ..http.refusals import Json
from ..storage.records import Attempt, JobSpec, Kind, StoredJob, TaskRecord
from .phases import PHASES
from .search import KINDS, USER

_NAMES = {kind: name for name, kind in KINDS.items()}


def job_json(job: StoredJob, now: int, tensorboard: Json | None = None) -> Json:
    """The whole of it.

    Args:
        job: as it is stored.
        now: epoch milliseconds.
        tensorboard: where its TensorBoard answers, while it does.
    """
    return {
        "kind": _NAMES[job.kind],
        "metadata": {
            "id": job.uuid,
            "name": name_of(job),
            "description": job.description,
            "create_time": job.created,
            "workspace_id": job.workspace,
            "ai_project": "default-ai-project",
            "user_name": USER,
            "annotations": job.spec.extra.get("annotations", {}),
        },
        "status": _status(job, now),
        "algorithm": job.spec.extra.get("algorithm") or _algorithm(job),
        "spec": job.spec.extra.get("spec") or _spec(job.spec),
        "endpoints": {"tensorboard": tensorboard} if tensorboard else {},
    }


def name_of(job: StoredJob) -> str:
    """Of each version of a training job, which is a job of its own here."""
    return job.name if job.ordinal == 1 else f"{job.name}-V{job.ordinal:04}"


def exit_code(code: int) -> int:
    """As a container tells it: 128 and the number of a signal that ended it."""
    return code if code >= 0 else 128 - code


def flavor_json(flavor: Flavor) -> Json:
    """What a flavor consists of."""
    return {
        "flavor_type": "CPU",
        "billing": {"code": flavor.spec_code, "unit_num": 1},
        "flavor_info": {
            "max_num": flavor.max_num,
            "cpu": {"arch": "x86", "core_num": int(flavor.core)},
            "memory": {"size": int(flavor.cpu), "unit": "GB"},
        },
    }


def _status(job: StoredJob, now: int) -> Json:
    phase, secondary = PHASES[job.state]
    return {
        "phase": phase,
        "secondary_phase": secondary,
        "duration": job.duration(now),
        "start_time": job.started or 0,
        "node_count_metrics": [[job.started, job.spec.node_count]] if job.started else None,
        "tasks": [task.name for task in job.tasks],
        "task_statuses": [_failed(task) for task in job.tasks if task.message],
        "running_records": [_running_record(attempt) for attempt in job.attempts],
    }


def _failed(task: TaskRecord) -> Json:
    code = exit_code(task.exit_code or 0)
    return {"task": task.name, "exit_code": code, "message": task.message}


def _running_record(attempt: Attempt) -> Json:
    """Times are seconds here."""
    record: Json = {"start_at": attempt.start // 1000, "start_type": "init_or_rescheduled"}
    if attempt.end is not None:
        record["end_at"] = attempt.end // 1000
    if attempt.reason:
        record["end_reason"] = attempt.reason
        record["end_related_task"] = attempt.task
        record["end_recover"] = "job_reschedule"
    return record


def _algorithm(job: StoredJob) -> Json:
    """Of a job that another API made."""
    if job.kind is Kind.VISUALIZATION:
        return {"summary": {"log_type": "tensorboard", "log_dir": _pfs(job.spec.input)}}
    engine = ENGINES_BY_VERSION.get(job.spec.engine, NO_ENGINE)
    return {
        "code_dir": _url(job.spec.code),
        "boot_file": _url(job.spec.boot_file),
        "engine": {"engine_name": engine.engine_name, "engine_version": engine.engine_version},
        "parameters": [
            {"name": one["name"], "value": "" if one["value"] is None else str(one["value"])}
            for one in job.spec.parameters
        ],
        "inputs": _channel("data_url", job.spec.input),
        "outputs": _channel("train_url", job.spec.output),
        "environments": {},
    }


def _spec(spec: JobSpec) -> Json:
    resource: Json = {"node_count": spec.node_count}
    if spec.flavor:
        flavor = FLAVORS_BY_CODE[spec.flavor]
        resource |= {"flavor_id": spec.flavor, "flavor_detail": flavor_json(flavor)}
    shown: Json = {
        "resource": resource,
        "log_export_path": {"obs_url": _url(spec.log_export)} if spec.log_export else {},
        "is_hosted_log": not spec.log_export,
    }
    if spec.stop_after_hours is not None:
        shown["auto_stop"] = {"time_unit": "HOURS", "duration": spec.stop_after_hours}
    return shown


def _channel(name: str, path: str) -> list[Json]:
    return [{"name": name, "remote": {"obs": {"obs_url": _url(path)}}}] if path else []


def _pfs(path: str) -> Json:
    return {"pfs": {"pfs_path": path}}


def _url(path: str) -> str:
    return f"obs:/{path}" if path else ""


def tensorboard_json(base: str, door: Door | None, job: StoredJob) -> Json | None:
    """Where the TensorBoard of a job answers, and what opens it; ``None`` while it does not."""
    if door is None or not door.address:
        return None
    return {"url": f"{base}/tb/{job.uuid}/", "token": door.token}
