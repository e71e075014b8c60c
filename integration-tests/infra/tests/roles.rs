//! The functions' roles allow what the functions call, and nothing else: the calls are those of
//! `integration-tests/local-stack/calls.txt`, which the demo and the chaos run keep to.

use std::collections::BTreeSet;

use infra_drift::{Module, at, member, root, text};
use local_stack::calls::Calls;
use local_stack::{proxy, values};

/// The roles' name for a resource of the local stack.
fn in_terraform(resource: &str) -> &str {
    match resource {
        "here-to-help-ingestion-local" => "local.table_arn",
        "here-to-help-ingestion-local/index/lists" => "local.index_arn",
        "rows" => "aws_sqs_queue.rows.arn",
        "reports" => "aws_sqs_queue.reports.arn",
        "rows-dead-letters" => r#"aws_sqs_queue.dead["rows"].arn"#,
        "notices" => "aws_sns_topic.notices.arn",
        "event-source-mapping" => "aws_lambda_event_source_mapping.rows.arn",
        "*" => r#""*""#,
        values::API_KEY_PARAMETER => r#""${local.parameters}${local.api_key_parameter}""#,
        values::HASH_KEY_PARAMETER => r#""${local.parameters}${local.hash_key_parameter}""#,
        values::GOOGLE_PARAMETER => r#""${local.parameters}${local.google_credentials_parameter}""#,
        other => panic!("the roles know no {other}"),
    }
}

#[test]
fn each_role_allows_what_its_function_calls_and_says_why_it_allows_more() {
    let module = Module::read();
    let listed = Calls::listed();
    let mut functions = BTreeSet::new();
    for function in module.local_keys("functions") {
        let rights = module.rights(&function);
        let calls = listed.always.iter().chain(&listed.sometimes).filter(|deed| deed.function == function);
        let calls: BTreeSet<_> =
            calls.map(|deed| (deed.action.clone(), in_terraform(&deed.resource).to_owned())).collect();
        for call in &calls {
            assert!(rights.contains_key(call), "{function} calls what its role does not allow: {call:?}");
        }
        for (right, is_explained) in &rights {
            let is_called = calls.contains(right);
            assert!(
                is_called || *is_explained,
                "no call of the {function} needs {right:?}, and nothing says why it is there"
            );
            assert!(
                !is_called || !is_explained,
                "the {function} calls {right:?}, and a comment says that no call needs it"
            );
        }
        functions.insert(function);
    }
    let callers = listed.always.iter().chain(&listed.sometimes).map(|deed| deed.function.clone());
    assert_eq!(callers.collect::<BTreeSet<_>>(), functions);
}

/// A call that is made now and then is demanded by a test, or its right would outlive it.
#[test]
fn each_call_that_is_not_always_made_is_demanded_by_a_test() {
    let tests = root().join("integration-tests/local-stack/tests/stack");
    let tests = ["sweep.rs", "outage.rs"].map(|file| std::fs::read_to_string(tests.join(file)).expect("a test"));
    for deed in Calls::listed().sometimes {
        assert!(tests.iter().any(|test| test.contains(&format!("\"{deed}\""))), "nobody demands: {deed}");
    }
}

/// The documents above are all that a function's role has: no other policy hangs on it, and none denies or excepts
/// anything that the comparison does not know.
#[test]
fn the_functions_roles_have_these_documents_and_no_other() {
    let module = Module::read();
    let policies = [("aws_iam_role_policy", "function"), ("aws_iam_role_policy", "poster_mapping")];
    let others = [("aws_iam_role", "function"), ("aws_iam_role", "scheduler"), ("aws_iam_role_policy", "scheduler")];
    let known: BTreeSet<_> = policies.into_iter().chain(others).map(|(kind, name)| format!("{kind}.{name}")).collect();
    assert_eq!(module.resources("aws_iam_"), known, "of IAM, in the module");
    let policy = |name: &str| text(at(module.resource("aws_iam_role_policy", name), "policy"));
    assert_eq!(policy("function"), "each.value");
    for name in module.local_keys("functions") {
        let document = text(member(module.local("policies"), &name));
        assert_eq!(document, format!("data.aws_iam_policy_document.{name}.json"));
    }
    assert_eq!(policy("poster_mapping"), "data.aws_iam_policy_document.poster_mapping.json");
    let function = module.resource("aws_iam_role", "function");
    let arguments: BTreeSet<_> = function.attributes().map(|attribute| attribute.key.as_str()).collect();
    assert_eq!(arguments, ["for_each", "name", "description", "assume_role_policy"].into());
    for document in ["common", "splitter", "poster", "reporter", "poster_mapping"] {
        let body = module.data("aws_iam_policy_document", document);
        let sources = body.get_attribute("source_policy_documents").map(|sources| text(&sources.value));
        let is_of_a_function = module.local_keys("functions").contains(document);
        let common = format!("[data.aws_iam_policy_document.common[\"{document}\"].json]");
        assert_eq!(sources, is_of_a_function.then_some(common), "{document}");
        assert!(!body.has_attribute("override_policy_documents"), "{document}");
    }
}

/// The conditions that narrow a right: the calls that are compared know nothing of them.
const CONDITIONS: [(&str, &str); 3] = [
    ("TheTablesKey", r#"StringEquals kms:ViaService ["dynamodb.${local.region}.amazonaws.com"]"#),
    ("SetIt", r#"ArnEquals lambda:FunctionArn [aws_lambda_function.this["poster"].arn]"#),
    ("TheTopicsKey", r#"StringEquals kms:ViaService ["sns.${local.region}.amazonaws.com"]"#),
];

#[test]
fn statements_allow_and_their_conditions_are_known() {
    let module = Module::read();
    let mut seen = BTreeSet::new();
    for document in ["common", "splitter", "poster", "reporter", "poster_mapping"] {
        for (sid, effect, condition) in module.statements(document) {
            assert_eq!(effect, None, "{document} {sid}: Allow is what is not said");
            seen.extend(condition.map(|condition| (sid, condition)));
        }
    }
    let known = CONDITIONS.map(|(sid, condition)| (sid.to_owned(), condition.to_owned()));
    assert_eq!(seen, known.into());
}

/// In a VPC, a service without an endpoint is out of reach, and an endpoint that nobody calls through costs the same.
#[test]
fn a_vpc_has_an_endpoint_for_each_service_that_the_functions_call() {
    let given = infra_drift::json(Module::read().local("interface_endpoints"));
    let called = proxy::SERVICES.map(str::to_lowercase);
    // DynamoDB has a gateway, which is free.
    let called: Vec<_> = called.iter().filter(|service| *service != "dynamodb").collect();
    assert_eq!(given, serde_json::json!(called));
    let gateway = Module::read();
    let gateway = at(gateway.resource("aws_vpc_endpoint", "dynamodb"), "service_name");
    assert!(text(gateway).ends_with(".dynamodb"));
}

/// A service without a door would be called behind the journal's back. Only people call what h2h alone has a client of.
#[test]
fn every_service_that_the_functions_have_a_client_of_is_recorded() {
    let members = ["lambdas", "crates"].into_iter().flat_map(|folder| {
        std::fs::read_dir(root().join(folder)).expect("a folder").map(|member| member.expect("a member").path())
    });
    let mut clients = BTreeSet::new();
    for member in members.filter(|member| !["h2h", "testkit"].iter().any(|other| member.ends_with(other))) {
        let manifest = std::fs::read_to_string(member.join("Cargo.toml")).expect("a manifest");
        let named = manifest.lines().filter_map(|line| line.strip_prefix("aws-sdk-")?.split('.').next());
        clients.extend(named.map(str::to_uppercase));
    }
    assert_eq!(clients.into_iter().collect::<Vec<_>>(), proxy::SERVICES);
}
