"""Nothing that a full run leaves behind holds a secret."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from kernel_client import Manager
from lab import Lab

# Keys that a user may have typed somewhere; distinct, so that a find says where it came from.
TYPED = {
    "argument": "SkTypedAsAnArgument0123456789",
    "environment": "SkFromTheEnvironment0123456789",
    "password": "PasswordTypedByTheUser0123",
    "security token": "SecurityTokenOfTheUser012345",
    "refused access key": "WRONGACCESSKEY0123",
    "access key of the environment": "ENVIRONMENTKEY0123",
}

CELLS = [
    "%load_ext modelarts_magics",
    "%xmode Verbose",
    "%ma_session local",
    "%ma_session",
    "%ma_log",
    "import os\nfrom modelarts_magics.session import Session\n"
    "from modelarts_magics.estimator import Estimator, VisualizationJob",
    "from training import example\nsession = Session()\n"
    "job = example.submit(session, epochs=2, seconds_per_epoch=0)\nsession",
    "example.wait_for_log(job)\nfrom modelarts_magics.sdk.v1.waiting import wait_until_final\n"
    "wait_until_final(job)",
    "%ma_log job",
    "vars(session)",
    "session.identity, session.client.transport.credentials, session.client.transport.pool.headers",
    "known = dict(region_name=session.region_name, project_id=session.project_id)",
    # provoked failures: refused keys, a refused password, half a pair, unknown things
    "wrong = Session(access_key=os.environ['TYPED_ACCESS_KEY'],"
    " secret_key=os.environ['TYPED_ARGUMENT'],"
    " security_token=os.environ['TYPED_TOKEN'], **known)\nwrong",
    "Session.set_endpoint(iam_endpoint=session.iam_endpoint,"
    " modelarts_endpoint=session.modelarts_endpoint)",
    "Estimator.get_job_list(wrong)",
    "Estimator.get_train_instance_types(wrong)",
    "user = Session(username='somebody', account='account',"
    " password=os.environ['TYPED_PASSWORD'], **known)\nuser",
    "Estimator.get_job_list(user)",
    "Session(secret_key=os.environ['TYPED_ARGUMENT'], **known).client",
    "%ma_log no-such-job",
    "%ma_log job --start-byte -7",
    "%tb",
    "%ma_session login",
    "job.get_job_log(log_file='no-such-file')",
    "VisualizationJob(session).create_visualization_job('/no')",
    "%ma_session --profile nobody",
    "%ma_session logout",
    "%ma_session",
]


@pytest.mark.kernel
def test_nothing_that_a_full_run_leaves_behind_holds_a_secret(tmp_path, monkeypatch):
    root = tmp_path / "root"
    with Lab(root) as lab:
        lab.start_service()
        keys = json.loads(Path(lab.service["credentials_file"]).read_text())
        environment = {
            **lab.environment,
            "HOME": str(tmp_path),
            "HUAWEICLOUD_SDK_AK": TYPED["access key of the environment"],
            "HUAWEICLOUD_SDK_SK": TYPED["environment"],
            "MODELARTS_MAGICS_METADATA_URL": "",
            "TYPED_ARGUMENT": TYPED["argument"],
            "TYPED_PASSWORD": TYPED["password"],
            "TYPED_ACCESS_KEY": TYPED["refused access key"],
            "TYPED_TOKEN": TYPED["security token"],
        }
        outputs = run_notebook(CELLS, lab.notebooks, environment)
    (tmp_path / "executed.ipynb").write_text(json.dumps(outputs), encoding="utf-8")
    own = {name: keys[name] for name in ("access_key", "secret_key", "password")}
    secrets = {**TYPED, **own}
    assert errors_in(outputs) >= 7  # the failures really were provoked
    left = [path for path in tmp_path.rglob("*") if path.is_file() and not is_key_file(path)]
    assert any(path.suffix == ".sqlite" for path in left)
    finds = [
        (name, str(path.relative_to(tmp_path)))
        for path in left
        for name, secret in secrets.items()
        if secret.encode() in path.read_bytes()
    ]
    assert finds == []


def run_notebook(cells, folder, environment):
    """Run cells in a real kernel, going on after those that fail."""
    import nbformat  # with nbclient it takes a second, which no worker needs to collect the tests
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(
        notebook,
        allow_errors=True,
        timeout=120,
        kernel_manager_class=Manager,
        resources={"metadata": {"path": str(folder)}},
    )
    asyncio.run(client.async_execute(env=environment))
    return notebook


def errors_in(notebook):
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    return sum(output.output_type == "error" for output in outputs)


def is_key_file(path):
    """The one file that is made to hold the keys."""
    return path.name == "credentials.json"
