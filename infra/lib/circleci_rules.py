"""Checks what a CircleCI configuration must hold to so that plans cannot change anything and deployments do not meet.

usage: circleci_rules.py CONFIG
"""

import sys

from ruamel.yaml import YAML

PROJECT = "here-to-help-ingestion"
SCHEDULED = 'pipeline.trigger_source == "scheduled_pipeline"'
PUSHED = 'pipeline.trigger_source != "scheduled_pipeline"'


def problems(config):
    jobs = {name: repr(job) for name, job in config["jobs"].items()}
    for name, job in jobs.items():
        if "terraform apply" in job and "terraform apply -input=false -lock-timeout=" not in job:
            yield f"job {name}: it fails where another deployment holds the state's lock, and does not wait (-lock-timeout)"
        if "terraform plan" in job and "terraform plan -input=false -lock=false" not in job:
            yield f"job {name}: it would lock the state, which the plans' role cannot (-lock=false)"
    for workflow, about in config["workflows"].items():
        when = about.get("when", "")
        called = [(name, given or {}) for entry in about["jobs"] for name, given in as_map(entry).items()]
        approvals = {name for name, given in called if given.get("type") == "approval"}
        deploys = any("terraform apply" in jobs.get(name, "") for name, _ in called)
        if not when.startswith(SCHEDULED) and when != PUSHED:
            yield f"workflow {workflow}: a schedule would start it too"
        if deploys and when != PUSHED:
            yield f"workflow {workflow}: a schedule would deploy"
        for name, given in called:
            job, stage, called_as = jobs.get(name, ""), given.get("stage"), given.get("name", name)
            if "terraform plan" in job and given.get("context") != f"{PROJECT}-{stage}-plan":
                yield f"workflow {workflow}: {called_as} must have the context of {stage}'s plans, and no other"
            if "terraform apply" not in job:
                continue
            if given.get("context") != f"{PROJECT}-{stage}":
                yield f"workflow {workflow}: {called_as} must have the context of {stage}'s deployments, and no other"
            if given.get("serial-group") != f"{PROJECT}/{stage}":
                yield f"workflow {workflow}: {called_as} is not in the serial-group of {stage}: two deployments could meet"
            if stage != "development" and not approvals & set(given.get("requires", [])):
                yield f"workflow {workflow}: nobody approves {called_as}"


def as_map(entry):
    return entry if isinstance(entry, dict) else {entry: {}}


def main(path):
    with open(path, encoding="utf-8") as text:
        found = list(problems(YAML(typ="safe").load(text)))
    print("\n".join(found) if found else "CircleCI: plans only read, deployments wait for each other and for a person")
    sys.exit(1 if found else 0)


main(*sys.argv[1:])
