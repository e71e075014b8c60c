//! The rules that AWS, Google and CircleCI hold an account to, as far as they can be seen without one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use infra_drift::{Module, at, code, json, member, number, root, text};
use local_stack::values;
use serde_json::Value;

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn stages() -> [&'static str; 3] {
    let stages = ["development", "staging", "production"];
    let known = stages.map(|stage| format!("{stage:?}")).join(", ");
    assert!(read("infra/modules/pipeline/variables.tf").contains(&format!("contains([{known}], var.stage)")));
    stages
}

/// Google refuses a `google.subject` of more than 127 bytes. For AWS that is the session's ARN, whose last part Lambda makes
/// of the function's name.
#[test]
fn google_takes_each_functions_session_as_a_subject() {
    let module = Module::read();
    let named = |expression, stage: &str, function: &str| {
        let name = text(expression).replace("${local.name}", &text(module.local("name")));
        let name = name.replace("${var.stage}", stage).replace("${each.key}", function);
        assert!(!name.contains('$'), "{name}");
        name
    };
    for stage in stages() {
        for function in ["splitter", "reporter"] {
            let role = named(at(module.resource("aws_iam_role", "function"), "name"), stage, function);
            let session = named(at(module.resource("aws_lambda_function", "this"), "function_name"), stage, function);
            let subject = format!("arn:aws:sts::123456789012:assumed-role/{role}/{session}");
            assert!(subject.len() <= 127, "{} bytes: {subject}", subject.len());
            let deploy = read("docs/deploy.md");
            if stage != "staging" {
                assert!(deploy.contains(&format!("{} in {stage}", subject.len())), "{} in {stage}", subject.len());
            }
        }
    }
    let deploy = read("docs/deploy.md");
    assert!(deploy.contains("role=arn:aws:sts::$ACCOUNT:assumed-role/here-to-help-ingestion-$STAGE-$function"));
    assert!(!deploy.contains("--attribute-mapping"), "the subject is what AWS's own mapping makes of it");
}

/// A disk that is full ends a summary in its middle. docs/cost.md says what the room costs.
#[test]
fn the_reporter_has_room_for_a_full_part() {
    let module = Module::read();
    assert_eq!(text(at(module.resource("aws_lambda_function", "this"), "ephemeral_storage.size")), "each.value.tmp");
    let of = |function: &str| number(member(member(module.local("functions"), function), "tmp"));
    assert_eq!([of("splitter"), of("poster"), of("reporter")], [512, 512, 2048]);
    assert!(read("docs/cost.md").contains("the reporter's `/tmp`, 2,048 MB of which 512 are free"));
}

/// In an organisation a filter by tag matches nothing, for ever; nobody sees it.
#[test]
fn the_budget_counts_the_whole_account() {
    let module = Module::read();
    let budget = module.resource("aws_budgets_budget", "this");
    let filters = budget.get_blocks("cost_filter").chain(budget.get_blocks("filter_expression")).count();
    assert_eq!(filters, 0);
}

#[test]
fn a_secure_string_is_refused_wherever_a_string_is_read() {
    let parameters = read("infra/modules/pipeline/parameters.tf");
    let read = parameters.matches("data \"aws_ssm_parameter\"").count();
    assert_eq!(read, 4);
    assert_eq!(parameters.matches("self.type != \"SecureString\"").count(), read);
}

/// One pin in four files, which the weekly plan with the newest provider lifts by its text.
#[test]
fn the_provider_is_pinned_to_what_was_tried() {
    const PIN: &str = "\">= 5.95, < 6.0\"";
    let stages = stages().map(|stage| format!("infra/stages/{stage}/main.tf"));
    for file in stages.iter().map(String::as_str).chain(["infra/modules/pipeline/versions.tf"]) {
        assert!(read(file).contains(&format!("version = {PIN}")), "{file}");
    }
    let circleci = read(".circleci/config.yml");
    assert!(circleci.contains(r#"grep -rl --include='*.tf' '< 6.0"' infra | xargs sed -i 's/, < 6.0"/"/'"#));
    assert!(circleci.contains("terraform init -input=false -upgrade"));
}

/// The rights of anybody's job on a stage's branch: look at what the module made, at no secret, row, message or log.
#[test]
fn the_planning_role_reads_and_reads_nothing_that_is_secret() {
    let policy: Value = serde_json::from_str(&read("infra/plan-role.json")).expect("a policy");
    let list = |value: &Value| match value {
        Value::Array(items) => items.iter().map(|item| item.as_str().expect("a text").to_owned()).collect(),
        one => vec![one.as_str().expect("a text").to_owned()],
    };
    let mut denied = Vec::new();
    for statement in policy["Statement"].as_array().expect("statements") {
        let resources = list(&statement["Resource"]);
        if statement["Effect"] == "Deny" {
            assert_eq!(statement["Action"], "ssm:GetParameter*");
            denied.extend(resources);
            continue;
        }
        for action in list(&statement["Action"]) {
            let (service, verb) = action.split_once(':').expect("service and verb");
            assert!(["Describe", "Get", "List", "View"].iter().any(|reads| verb.starts_with(reads)), "{action}");
            assert!(!verb.contains('*'), "{action} may come to mean more");
            let holds_data = match service {
                "dynamodb" => !verb.starts_with("Describe") && verb != "ListTagsOfResource",
                "logs" => verb.starts_with("Get"),
                "secretsmanager" | "sts" => true,
                "s3" | "ssm" if verb.starts_with("Get") => resources.iter().any(|resource| resource == "*"),
                _ => false,
            };
            assert!(!holds_data, "{action} on {resources:?}");
        }
    }
    let secrets = [values::API_KEY_PARAMETER, values::GOOGLE_PARAMETER, values::HASH_KEY_PARAMETER];
    let secrets = secrets.map(|name| format!("arn:aws:ssm:*:*:parameter{}", name.replacen("/local/", "/*/", 1)));
    assert_eq!(denied, secrets);
}

/// The commands of docs/deploy.md, run as they stand there up to where they would talk to AWS.
#[test]
fn the_deploying_role_trusts_jobs_of_the_deployers_alone() {
    let page = read("docs/deploy.md");
    let begin = page.find("   ORG=<organisation id>").expect("the commands");
    let commands = &page[begin..begin + page[begin..].find("   for role in").expect("their end")];
    let commands: String =
        commands.lines().map(|line| format!("{}\n", line.strip_prefix("   ").unwrap_or(line))).collect();
    let user = |digit: &str| digit.repeat(36);
    let commands = commands
        .replace("(<user id> <user id>)", &format!("({} {})", user("a"), user("b")))
        .replace("<organisation id>", "o")
        .replace("<project id>", "p")
        .replace("<owner>/<repository>", "owner/repository");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let script = format!("set -eu\naws() {{ echo the-provider; }}\n{commands}");
    let done = Command::new("bash").arg("-c").arg(script).current_dir(folder).status().expect("bash");
    assert!(done.success());
    let trusted = |file: &str| {
        let trust: Value =
            serde_json::from_str(&fs::read_to_string(folder.join(file)).expect("a file")).expect("a trust");
        let [statement] = &trust["Statement"].as_array().expect("statements")[..] else {
            panic!("one statement: {trust}")
        };
        assert_eq!(statement["Principal"]["Federated"], "the-provider");
        assert_eq!(statement["Condition"]["StringEquals"]["oidc.circleci.com/org/o:aud"], "o");
        statement["Condition"]["StringLike"]["oidc.circleci.com/org/o:sub"].clone()
    };
    let of = |user: String| {
        format!("org/o/project/p/user/{user}/vcs-origin/github.com/owner/repository/vcs-ref/refs/heads/main")
    };
    assert_eq!(trusted("deploy.json"), serde_json::json!([of(user("a")), of(user("b"))]));
    assert_eq!(trusted("plan.json"), serde_json::json!([of(user("?"))]));
}

/// AWS does not know where a message came from that was sent to the dead-letter queue, and refuses to send it back
/// there (`CouldNotDetermineMessageSource`): only a custom destination takes all.
#[test]
fn who_names_awss_own_redrive_says_to_where() {
    let mut folders = vec![root().join("docs"), root().join("infra/modules/pipeline"), root().join("crates/h2h/src")];
    let mut said = 0;
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        folders.extend(entries.map(|entry| entry.expect("an entry").path()).filter(|path: &PathBuf| path.is_dir()));
        for (path, text) in ["md", "tf", "rs"].into_iter().flat_map(|ending| code(&folder, ending)) {
            for part in text
                .split("\n\n")
                .map(|part| part.replace("\n  #", " ").split_whitespace().collect::<Vec<_>>().join(" "))
            {
                let names = ["DLQ redrive", "AWS's own redrive", "AWS's own means", "AWS's │ batch 1 own redrive"];
                if names.iter().any(|name| part.contains(name)) {
                    said += 1;
                    assert!(part.contains("to a custom destination: "), "{path}: {part}");
                }
            }
        }
    }
    assert!(said >= 6, "{said}");
}

/// `h2h` asks for a stage's names in one call, and SSM takes ten in one.
#[test]
fn ssm_gives_h2h_all_names_at_once() {
    let names = Module::read();
    let names = at(names.resource("aws_ssm_parameter", "for_h2h"), "for_each");
    assert!(json(names).as_object().expect("names").len() <= 10);
}
