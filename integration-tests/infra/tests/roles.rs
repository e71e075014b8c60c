//! The functions' roles allow what the functions call, and nothing else: the calls are those of
//! `integration-tests/local-stack/calls.txt`, which the demo and the chaos run keep to.

use std::collections::BTreeSet;

use infra_drift::{Module, root};
use local_stack::calls::Calls;
use local_stack::{proxy, values};

/// What the local stack calls a resource, and what the roles do.
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

/// In a VPC, a service without an endpoint is out of reach, and an endpoint that nobody calls through costs the same.
#[test]
fn a_vpc_has_an_endpoint_for_each_service_that_the_functions_call() {
    let given = infra_drift::json(Module::read().local("interface_endpoints"));
    let called = proxy::SERVICES.map(str::to_lowercase);
    // DynamoDB has a gateway, which is free.
    let called: Vec<_> = called.iter().filter(|service| *service != "dynamodb").collect();
    assert_eq!(given, serde_json::json!(called));
    let gateway = Module::read();
    let gateway = infra_drift::at(gateway.resource("aws_vpc_endpoint", "dynamodb"), "service_name");
    assert!(infra_drift::text(gateway).ends_with(".dynamodb"));
}

/// A service without a door would be called behind the journal's back. Only people call what h2h alone has a client of.
#[test]
fn every_service_that_the_functions_have_a_client_of_is_recorded() {
    let members = ["lambdas", "crates"].into_iter().flat_map(|folder| {
        std::fs::read_dir(root().join(folder)).expect("a folder").map(|member| member.expect("a member").path())
    });
    let mut clients = BTreeSet::new();
    for member in members.filter(|member| !member.ends_with("h2h")) {
        let manifest = std::fs::read_to_string(member.join("Cargo.toml")).expect("a manifest");
        let named = manifest.lines().filter_map(|line| line.strip_prefix("aws-sdk-")?.split('.').next());
        clients.extend(named.map(str::to_uppercase));
    }
    assert_eq!(clients.into_iter().collect::<Vec<_>>(), proxy::SERVICES);
}
