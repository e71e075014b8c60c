"""Applies the development stage as it is to a local AWS and watches a sheet go through it. `infra/check --apply` runs it.

usage: apply.py TERRAFORM-INIT-ARGUMENT...

The local AWS (ministack) runs with AUTH=true: the functions work under their own roles, and a call that a role does not
allow is refused. It speaks TLS, for the queues refuse plain HTTP. Google and Here to Help are the simulators. Nothing of the stage is changed: what an account holds
before (parameters, the state's bucket) is made here first, and two things come by the environment: the packages' folder
and Google's address.
"""

import atexit
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
import xml.etree.ElementTree
import zipfile

import botocore.session

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target/infra/apply"
STAGE = "development"
SHARED = f"/cv-19-res-support-v3/{STAGE}"
BUCKET = "here-to-help-ingestion-state-000000000000"
FEED = "spl"
FIXTURES = ROOT / "crates/feeds/tests/fixtures"
# The local AWS's own certificate, which everybody here trusts.
CERTIFICATE = WORK / "ministack-tls/server.crt"
# How long a condition is waited for before the check gives up; nothing is judged by it.
PATIENCE = 240

# What the local AWS does not give back when it is read, so that a second plan sets it again: resource type and attributes.
FORGETS = {
    "aws_cloudwatch_metric_alarm": {
        "actions_enabled", "alarm_actions", "alarm_description", "dimensions", "ok_actions", "period", "statistic",
        "treat_missing_data",
    },
}


def say(text):
    print(f"-- {text}", flush=True)


def start(command, log, **more):
    """A process in a group of its own, which ends with this one."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=log, start_new_session=True, **more)

    def stop():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    atexit.register(stop)
    return process


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(what, look):
    """Waits until look() gives something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.5)
    raise TimeoutError(f"waited {PATIENCE} s in vain: {what}")


def get(url):
    try:
        trust = ssl.create_default_context(cafile=CERTIFICATE) if url.startswith("https") else None
        with urllib.request.urlopen(url, timeout=5, context=trust) as answer:
            return json.load(answer)
    except OSError:
        return None


def start_simulators():
    with open(WORK / "simulators.log", "w", encoding="utf-8") as log:
        process = start([ROOT / "target/debug/simulators", WORK / "drive"], log, stdout=subprocess.PIPE, text=True)
    return json.loads(process.stdout.readline())


def start_aws():
    port = free_port()
    url = f"https://127.0.0.1:{port}"
    environment = {
        "AUTH": "true", "USE_SSL": "1", "TMPDIR": str(WORK), "SSL_CERT_FILE": str(CERTIFICATE), "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(port),
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-2", "MINISTACK_REGION": "eu-west-2", "PYTHONUNBUFFERED": "1",
    }
    with open(WORK / "ministack.log", "w", encoding="utf-8") as log:
        start([pathlib.Path(sys.executable).parent / "ministack"], log, stdout=log, env=os.environ | environment)
    until("the local AWS answers", lambda: get(f"{url}/_ministack/health"))
    return url


class Aws:
    """Clients of the local AWS, as the account's root."""

    def __init__(self, url):
        self.url, self.session = url, botocore.session.get_session()

    def __getattr__(self, service):
        return self.session.create_client(
            service, region_name="eu-west-2", endpoint_url=self.url, verify=str(CERTIFICATE),
            aws_access_key_id="test", aws_secret_access_key="test",
        )


def fill_account(aws, places):
    """What docs/deploy.md has an engineer put into an account before the first plan."""
    parameters = {
        f"{SHARED}/api-base-url": ("String", places["here_to_help"]),
        f"{SHARED}/api-key": ("SecureString", places["api_key"]),
        f"{SHARED}/gdrive_key": ("SecureString", places["google_credentials"]),
        f"{SHARED}/excluded_ctas_ids": ("String", "excluded-1, excluded-2"),
        f"/here-to-help-data-ingestion/{STAGE}/email-addresses-for-sns": ("String", "one@example.org, two@example.org"),
    }
    for prefix, ids in places["folders"].items():
        for direction, folder in ids.items():
            parameters[f"{SHARED}/{prefix}_{direction}_folder_id"] = ("String", folder)
    ssm = aws.ssm
    for name, (kind, value) in parameters.items():
        ssm.put_parameter(Name=name, Type=kind, Value=value)
    aws.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})


class Terraform:
    """Terraform in a copy of the stage, so that nothing of it stays in the sources."""

    def __init__(self, aws_url, google_url):
        shutil.copytree(ROOT / "infra", WORK / "infra")
        self.folder = WORK / "infra/stages" / STAGE
        self.environment = os.environ | {
            "AWS_ENDPOINT_URL": aws_url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-west-2", "AWS_CA_BUNDLE": str(CERTIFICATE), "TF_VAR_packages": str(ROOT / "target/infra/dev"),
            "TF_VAR_google_api_url": google_url,
        }

    def run(self, *arguments):
        code, told = self.call(*arguments)
        if code != 0:
            sys.exit(f"terraform {arguments[0]} failed:\n{told[-6000:]}")
        return told

    def call(self, *arguments):
        """Its exit code and what it told."""
        log = WORK / f"terraform-{arguments[0]}.log"
        with open(log, "w", encoding="utf-8") as out:
            done = subprocess.run(
                ["terraform", *arguments], cwd=self.folder, env=self.environment, stdout=out, stderr=out, check=False)
        return done.returncode, log.read_text()

    def changes(self, signed_in):
        """What a plan would change now, as CircleCI makes it: address and actions."""
        deployer, self.environment = self.environment, self.environment | signed_in
        self.run("plan", "-no-color", "-lock=false", "-out=again", "-parallelism=20")
        self.environment = deployer
        plan = json.loads(self.run("show", "-json", "again"))
        return [change for change in plan["resource_changes"] if change["change"]["actions"] not in (["no-op"], ["read"])]


def refuse(aws, terraform, name, wrong, said):
    """A plan with a parameter that is wrong is refused with a sentence, before anything is made."""
    ssm = aws.ssm
    right = ssm.get_parameter(Name=name)["Parameter"]
    kind, value = wrong
    ssm.put_parameter(Name=name, Type=kind, Value=value or right["Value"], Overwrite=True)
    code, told = terraform.call("plan", "-no-color", "-parallelism=20")
    ssm.put_parameter(Name=name, Type=right["Type"], Value=right["Value"], Overwrite=True)
    if code == 0 or said not in " ".join(told.replace("│", " ").split()):
        sys.exit(f"a plan with {name} as {kind} {value or ''} is not refused, or not with «{said}»:\n{told[-6000:]}")
    say(f"a plan with {name} as {kind} {value or ''}: refused")


def refuse_wrong_parameters(aws, terraform):
    another_stages = ("String", "https://api.example.org/Prod/api/")
    refuse(aws, terraform, f"{SHARED}/api-base-url", another_stages, "belongs to another stage")
    emails = f"/here-to-help-data-ingestion/{STAGE}/email-addresses-for-sns"
    for name in (f"{SHARED}/api-base-url", f"{SHARED}/ct_inbound_folder_id", f"{SHARED}/excluded_ctas_ids", emails):
        refuse(aws, terraform, name, ("SecureString", None), f"{name} is a SecureString, and must be a String")


def sign_in_to_plan(aws):
    """The environment of one who may plan and nothing else: docs/deploy.md has an engineer make this role for CircleCI."""
    iam, name = aws.iam, "here-to-help-ingestion-plan"
    account = aws.sts.get_caller_identity()["Account"]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    policy = (ROOT / "infra/plan-role.json").read_text(encoding="utf-8")
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=policy)
    # The local AWS asks for these in place of budgets:ViewBudget and lambda:GetEventSourceMapping.
    others = {"Effect": "Allow", "Action": ["budgets:Describe*", "lambda:ListEventSourceMappings"], "Resource": "*"}
    others = json.dumps({"Version": "2012-10-17", "Statement": [others]})
    iam.put_role_policy(RoleName=name, PolicyName="local", PolicyDocument=others)
    signed = aws.sts.assume_role(RoleArn=role, RoleSessionName="plan")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": signed["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": signed["SecretAccessKey"],
        "AWS_SESSION_TOKEN": signed["SessionToken"],
    }


def name_batches(aws):
    """The local AWS asks for sqs:SendMessageBatch, which AWS does not know: there SendMessage allows batches too."""
    for function in ("splitter", "poster", "reporter"):
        role = f"here-to-help-ingestion-{STAGE}-{function}"
        policy = aws.iam.get_role_policy(RoleName=role, PolicyName="work")["PolicyDocument"]
        statements = [
            {"Effect": "Allow", "Action": "sqs:SendMessageBatch", "Resource": statement["Resource"]}
            for statement in policy["Statement"] if "sqs:SendMessage" in statement["Action"]
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        aws.iam.put_role_policy(RoleName=role, PolicyName="batches", PolicyDocument=document)


def forget_batches(aws):
    for function in ("splitter", "poster", "reporter"):
        aws.iam.delete_role_policy(RoleName=f"here-to-help-ingestion-{STAGE}-{function}", PolicyName="batches")


def judge(changes):
    """Tells what the local AWS forgot from what the stage would really change again."""
    forgotten, unexpected = {}, []
    for change in changes:
        before, after = change["change"]["before"] or {}, change["change"]["after"] or {}
        different = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        if change["change"]["actions"] == ["update"] and different <= FORGETS.get(change["type"], set()):
            for attribute in different:
                forgotten[change["type"], attribute] = forgotten.get((change["type"], attribute), 0) + 1
        else:
            actions = "/".join(change["change"]["actions"])
            unexpected.append(f"the second plan would {actions} {change['address']}: {', '.join(sorted(different))}")
    return forgotten, unexpected


def expected():
    """How many of the sheet's rows are to be posted, and how many it has."""
    with open(FIXTURES / f"{FEED}.expected.jsonl", encoding="utf-8") as lines:
        decisions = [json.loads(line).get("decision") for line in lines]
    return decisions.count("post"), len(decisions)


def summary_of(path):
    """The summary's first tab, each line's name with its value; None where the file is not whole yet."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

    def text(node):
        return "".join(part.text or "" for part in node.iter(f"{main}t"))

    try:
        with zipfile.ZipFile(path) as book:
            parts = {name: xml.etree.ElementTree.fromstring(book.read(name)) for name in book.namelist() if ".xml" in name}
    except zipfile.BadZipFile:
        return None
    tabs = [tab.get("name") for tab in parts["xl/workbook.xml"].iter(f"{main}sheet")]
    if "summary" not in tabs:
        return None
    shared = [text(item) for item in parts.get("xl/sharedStrings.xml", ())]
    lines = {}
    for row in parts[f"xl/worksheets/sheet{tabs.index('summary') + 1}.xml"].iter(f"{main}row"):
        cells = [
            shared[int(cell.find(f"{main}v").text)] if cell.get("t") == "s" else text(cell)
            for cell in row.iter(f"{main}c")
        ]
        if len(cells) > 1:
            lines[cells[0]] = cells[1]
    return lines


def watch_a_sheet(places):
    state_url = places["here_to_help"].removesuffix("api/") + "_simulator/state"
    inbound, outbound = (WORK / "drive" / FEED / direction for direction in ("inbound", "outbound"))
    shutil.copy(FIXTURES / f"{FEED}.csv", inbound / "week 9.csv")
    dropped = time.monotonic()
    say(f"a sheet of {FEED} is dropped; its schedule comes every minute")
    until("requests in Here to Help", lambda: (get(state_url) or {}).get("help_requests"))
    say(f"first request in Here to Help after {time.monotonic() - dropped:.0f} s")
    # The simulator makes the file first and fills it then.
    name, summary = until(
        "a summary in the outbound folder",
        lambda: next(((file.name, told) for file in outbound.glob("*.xlsx") if (told := summary_of(file))), None))
    say(f"summary after {time.monotonic() - dropped:.0f} s: {name}")
    state = get(state_url)
    return len(state["residents"]), len(state["help_requests"]), summary


def keep_logs(aws):
    """Writes what the functions logged beside the other logs; all of its lines."""
    lines = []
    logs = aws.logs
    for name in ("splitter", "poster", "reporter"):
        group = f"/aws/lambda/here-to-help-ingestion-{STAGE}-{name}"
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        said = [event["message"] for page in pages for event in page["events"]]
        (WORK / f"{name}.log").write_text("\n".join(said), encoding="utf-8")
        lines += said
    return lines


def nulls(aws):
    """Queues' attributes that hold a null: the local AWS keeps it, AWS drops it, and an apply there would wait in vain."""
    sqs, found = aws.sqs, []
    for url in sqs.list_queues()["QueueUrls"]:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        found += [
            f"{url}: {name} holds a null: {value}"
            for name, value in attributes.items() if ":null" in value.replace(" ", "")
        ]
    return found


def denials(lines):
    return [f"a role does not allow a call: {line[:400]}" for line in lines if "AccessDenied" in line]


def look_at_the_hash_key(aws, terraform):
    """The hash key must have been made by a poster, under its role, and stand in no state."""
    name = f"{SHARED}/hash-key"
    found = aws.ssm.get_parameters(Names=[name], WithDecryption=True)["Parameters"]
    if not found:
        return [f"no poster made {name}"]
    problems = [] if found[0]["Type"] == "SecureString" else [f"{name} is a {found[0]['Type']}"]
    if found[0]["Value"] in terraform.run("state", "pull"):
        problems.append(f"the value of {name} stands in terraform's state")
    return problems


def count_rows(aws, table):
    """The ledger's rows, by outcome."""
    counts = {}
    for page in aws.dynamodb.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            if item["sk"]["S"].startswith("ROW#"):
                outcome = item.get("outcome", {}).get("S", "open")
                counts[outcome] = counts.get(outcome, 0) + 1
    return counts


def judge_the_sheet(rows, residents, requests, summary):
    """What ledger, Here to Help and summary do not hold as the fixture wants it: each row to post is a person of its own."""
    posts, all_rows = expected()
    wanted = {
        "rows created, by the ledger": (rows.get("created", 0), posts),
        "rows in the ledger": (sum(rows.values()), all_rows),
        "rows that are not settled": (rows.get("open", 0), 0),
        "requests in Here to Help": (requests, posts),
        "rows created, by the summary": (summary.get("created"), str(posts)),
        "rows in all, by the summary": (summary.get("total"), str(all_rows)),
    }
    problems = [f"{what}: {seen}, and not {want}" for what, (seen, want) in wanted.items() if seen != want]
    if not 0 < residents <= requests:
        problems.append(f"{residents} residents in Here to Help have {requests} requests")
    return problems


def main(init):
    begun = time.monotonic()
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "drive").mkdir(parents=True)
    places = start_simulators()
    aws_url = start_aws()
    aws = Aws(aws_url)
    fill_account(aws, places)

    terraform = Terraform(aws_url, places["google"])
    terraform.run(*init, f"-backend-config=bucket={BUCKET}", "-backend-config=use_path_style=true")
    refuse_wrong_parameters(aws, terraform)
    at = time.monotonic()
    applied = terraform.run("apply", "-auto-approve", "-no-color", "-parallelism=20")
    line = next(line for line in applied.splitlines() if line.startswith("Apply complete"))
    say(f"{line} {time.monotonic() - at:.0f} s")

    problems = nulls(aws)
    name_batches(aws)
    try:
        residents, requests, summary = watch_a_sheet(places)
    except TimeoutError as error:
        refused = "\n".join(denials(keep_logs(aws))[:5])
        sys.exit(f"{error}; what the functions and terraform logged is in {WORK}\n{refused}")
    rows = count_rows(aws, f"here-to-help-ingestion-{STAGE}")
    say(f"rows settled by the deployed stack: {rows}; Here to Help holds {residents} residents, {requests} requests")
    problems += judge_the_sheet(rows, residents, requests, summary)
    problems += denials(keep_logs(aws))[:10]
    problems += look_at_the_hash_key(aws, terraform)

    at = time.monotonic()
    forgotten, unexpected = judge(terraform.changes(sign_in_to_plan(aws)))
    for (kind, attribute), count in forgotten.items():
        say(f"second plan: sets {attribute} of {count} {kind} again: the local AWS does not give it back")
    problems += unexpected
    say(f"second plan: {time.monotonic() - at:.0f} s")

    forget_batches(aws)
    at = time.monotonic()
    destroyed = terraform.run("destroy", "-auto-approve", "-no-color", "-parallelism=20")
    line = next(line for line in destroyed.splitlines() if line.startswith("Destroy complete"))
    say(f"{line} {time.monotonic() - at:.0f} s")
    say(f"{time.monotonic() - begun:.0f} s in all")
    if problems:
        sys.exit("\n".join(f"PROBLEM: {problem}" for problem in problems))


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
main(sys.argv[1:])
