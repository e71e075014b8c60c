"""Checks the names of a CircleCI configuration, which its schema does not know: jobs, commands, executors, requires.

usage: circleci_names.py CONFIG
"""

import re
import sys

from ruamel.yaml import YAML


def steps_of(steps):
    """Each step's name, with its parameters; steps within `when` and `unless` too."""
    for step in steps:
        if isinstance(step, str):
            yield step, {}
            continue
        for name, value in step.items():
            if name in ("when", "unless"):
                yield from steps_of(value.get("steps", []))
            else:
                yield name, value or {}


BUILT_IN = {
    "add_ssh_keys", "attach_workspace", "checkout", "persist_to_workspace", "restore_cache", "run", "save_cache",
    "setup_remote_docker", "store_artifacts", "store_test_results",
}


def problems(config):
    jobs, commands = config.get("jobs", {}), config.get("commands", {})
    executors = config.get("executors", {})
    used = set()
    for kind, things in (("job", jobs), ("command", commands)):
        for name, thing in things.items():
            executor = thing.get("executor")
            executor = executor.get("name") if isinstance(executor, dict) else executor
            if executor is not None:
                used.add(("executor", executor))
                if executor not in executors:
                    yield f"{kind} {name}: there is no executor {executor}"
            elif kind == "job" and not {"docker", "machine", "macos"} & thing.keys():
                yield f"job {name}: it has no executor"
            for step, given in steps_of(thing.get("steps", [])):
                if step in BUILT_IN:
                    continue
                used.add(("command", step))
                if step not in commands:
                    yield f"{kind} {name}: there is no command {step}"
                    continue
                known = commands[step].get("parameters", {})
                for parameter in given.keys() - known.keys():
                    yield f"{kind} {name}: the command {step} has no parameter {parameter}"
                for parameter, about in known.items():
                    if "default" not in about and parameter not in given:
                        yield f"{kind} {name}: the command {step} is not given its parameter {parameter}"
            parameters = thing.get("parameters", {})
            for parameter in set(re.findall(r"<<\s*parameters\.([\w-]+)\s*>>", repr(thing))) - parameters.keys():
                yield f"{kind} {name}: it has no parameter {parameter}"
    for workflow, about in config.get("workflows", {}).items():
        if workflow == "version":
            continue
        entries = [entry if isinstance(entry, dict) else {entry: {}} for entry in about.get("jobs", [])]
        called = [(name, given or {}) for entry in entries for name, given in entry.items()]
        names = {given.get("name", name) for name, given in called}
        for name, given in called:
            for needed in given.get("requires", []):
                if needed not in names:
                    yield f"workflow {workflow}: {name} requires {needed}, which is not in it"
            if given.get("type") == "approval":
                continue
            used.add(("job", name))
            if name not in jobs:
                yield f"workflow {workflow}: there is no job {name}"
                continue
            own = {"name", "requires", "filters", "context", "serial-group", "type", "matrix", "pre-steps", "post-steps"}
            known = jobs[name].get("parameters", {})
            for parameter in given.keys() - own - known.keys():
                yield f"workflow {workflow}: the job {name} has no parameter {parameter}"
            for parameter, about_it in known.items():
                if "default" not in about_it and parameter not in given:
                    yield f"workflow {workflow}: the job {name} is not given its parameter {parameter}"
    for kind, things in (("job", jobs), ("command", commands), ("executor", executors)):
        for name in things:
            if (kind, name) not in used:
                yield f"the {kind} {name} is used by nothing"


def main(path):
    with open(path, encoding="utf-8") as text:
        config = YAML(typ="safe").load(text)
    found = list(problems(config))
    print("\n".join(found) if found else "CircleCI: every name that is used exists, and the other way round")
    sys.exit(1 if found else 0)


main(*sys.argv[1:])
