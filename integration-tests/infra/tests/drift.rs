//! The terraform module and the code agree: what one names, the other knows.

use std::collections::{BTreeMap, BTreeSet};

use infra_drift::{
    Module, at, code, json, member, metrics_of_alarms, metrics_of_code, number, root, settings_read_by, text,
};
use local_stack::values;

const FUNCTIONS: [&str; 3] = ["poster", "reporter", "splitter"];

/// Settings that code reads and `infra` does not give, and why.
const NOT_IN_INFRA: [(&str, &str); 3] = [
    ("AS_OF", "for the local stack and tests: a forgotten one would judge every row by a wrong date"),
    ("SHEET_READS_PER_MINUTE", "the client's own figure fits Google's quota; the local stack reads faster"),
    ("AWS_LAMBDA_FUNCTION_NAME", "Lambda gives it"),
];

fn set<T: Into<String>>(names: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    names.into_iter().map(Into::into).collect()
}

#[test]
fn the_feeds_are_the_same() {
    let code: BTreeMap<String, String> =
        feeds::all().iter().map(|feed| (feed.name().to_owned(), feed.settings_prefix().to_owned())).collect();
    assert_eq!(Module::read().feeds(), code);
}

#[test]
fn the_functions_are_the_same() {
    let module = Module::read();
    let folders = std::fs::read_dir(root().join("lambdas")).expect("the functions");
    let folders = set(folders.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()));
    assert_eq!(folders, set(FUNCTIONS));
    for local in ["functions", "environments", "policies"] {
        assert_eq!(module.local_keys(local), folders, "local.{local}");
    }
    let package = std::fs::read_to_string(root().join("infra/package")).expect("the script");
    assert!(package.contains("functions=(splitter poster reporter)"));
    assert_eq!(text(at(module.resource("aws_lambda_function", "this"), "handler")), "bootstrap");
}

#[test]
fn each_function_is_given_the_settings_that_it_reads_and_no_other() {
    let module = Module::read();
    for function in FUNCTIONS {
        let mut read = settings_read_by(function);
        for (name, _) in NOT_IN_INFRA {
            read.remove(name);
        }
        // Folders are asked for by feed, in crates/service/src/folders.rs.
        let direction = match function {
            "splitter" => Some("INBOUND"),
            "reporter" => Some("OUTBOUND"),
            _ => None,
        };
        if let Some(direction) = direction {
            read.extend(feeds::all().iter().map(|feed| format!("{}_{direction}_FOLDER_ID", feed.settings_prefix())));
        }
        assert_eq!(module.environment(function), read, "{function}: infra left, code right");
    }
}

#[test]
fn alarms_look_at_metrics_that_the_code_counts() {
    let counted = metrics_of_code();
    let module = Module::read();
    let alarms = metrics_of_alarms(&module);
    assert!(alarms.len() >= 3, "{alarms:?}");
    assert!(alarms.is_subset(&counted), "alarms look at {alarms:?}; counted are {counted:?}");
    // What nobody is alarmed by stands on the dashboard.
    let dashboard = std::fs::read_to_string(root().join("infra/modules/pipeline/dashboard.tf")).expect("a file");
    for metric in counted.difference(&alarms) {
        let dimensions: String = metric.dimensions.iter().map(|name| format!(",{name}")).collect();
        let search = format!("{{${{local.metrics}}{dimensions}}} MetricName=\\\"{}\\\"", metric.name);
        let shown = format!("[local.metrics, \"{}\", {{", metric.name);
        let is_shown = dashboard.contains(&search) || metric.dimensions.is_empty() && dashboard.contains(&shown);
        assert!(is_shown, "the dashboard does not search for {search}");
    }
    let metrics = std::fs::read_to_string(root().join("crates/service/src/metrics.rs")).expect("a file");
    assert!(metrics.contains(&format!("NAMESPACE: &str = \"{}\"", text(module.local("metrics")))));
}

#[test]
fn every_alarm_has_its_page_and_every_page_its_alarm() {
    let alarms = std::fs::read_to_string(root().join("infra/modules/pipeline/alarms.tf")).expect("a file");
    let assigned = alarms.lines().filter_map(|line| line.trim().strip_prefix("runbook")?.split('"').nth(1));
    let mut named = set(assigned);
    assert!(alarms.contains("${local.runbooks}/silent.md"));
    // AWS Budgets writes its messages itself, and they have no room for a link.
    named.extend(["silent", "budget"].map(str::to_owned));
    let pages = code(&root().join("docs/runbooks"), "md").into_iter().map(|(path, _)| path);
    let pages = set(pages.filter_map(|path| Some(path.rsplit('/').next()?.strip_suffix(".md")?.to_owned())));
    assert_eq!(named, pages, "alarms left, pages right");
}

#[test]
fn the_table_is_the_same() {
    use ledger::table::{INDEX, INDEX_ATTRIBUTES, INDEX_KEYS, KEYS, TTL_ATTRIBUTE};
    let module = Module::read();
    let table = module.resource("aws_dynamodb_table", "ledger");
    let is = |path: &str| text(at(table, path));
    assert_eq!([is("hash_key"), is("range_key")], KEYS);
    assert_eq!(is("global_secondary_index.name"), INDEX);
    assert_eq!([is("global_secondary_index.hash_key"), is("global_secondary_index.range_key")], INDEX_KEYS);
    let attributes = json(at(table, "global_secondary_index.non_key_attributes"));
    assert_eq!(attributes, serde_json::json!(INDEX_ATTRIBUTES));
    assert_eq!(is("global_secondary_index.projection_type"), "INCLUDE");
    assert_eq!(is("ttl.attribute_name"), TTL_ATTRIBUTE);
    assert_eq!(is("stream_view_type"), "NEW_IMAGE");
    assert!(text(module.local("index_arn")).ends_with(&format!("/index/{INDEX}")), "the roles' index");
}

#[test]
fn the_stream_lets_through_what_the_reporter_reads() {
    let module = Module::read();
    let stream = module.resource("aws_lambda_event_source_mapping", "stream");
    let filter: serde_json::Value = serde_json::from_str(ledger::STREAM_FILTER).expect("a filter");
    assert_eq!(json(at(stream, "filter_criteria.filter.pattern")), filter);
    assert_eq!(number(at(stream, "batch_size")), u64::from(values::STREAM_BATCH.unsigned_abs()));
}

#[test]
fn the_local_stack_has_the_queues_values() {
    let module = Module::read();
    assert_eq!(number(module.local("rows_max_receives")), u64::from(values::ROW_RECEIVES));
    assert_eq!(number(module.local("reports_max_receives")), u64::from(values::REPORT_RECEIVES));
    for (mapping, batch) in [("rows", values::ROWS_BATCH), ("reports", values::REPORTS_BATCH)] {
        let body = module.resource("aws_lambda_event_source_mapping", mapping);
        assert_eq!(number(at(body, "batch_size")), u64::from(batch.unsigned_abs()), "{mapping}");
        assert_eq!(json(at(body, "function_response_types")), serde_json::json!(["ReportBatchItemFailures"]));
    }
    let reports = module.resource("aws_lambda_event_source_mapping", "reports");
    let concurrency = number(at(reports, "scaling_config.maximum_concurrency"));
    assert_eq!(concurrency, u64::from(values::REPORTS_CONCURRENCY.unsigned_abs()));
    assert!(number(module.local("visibility_factor")) >= 6, "AWS's advice");
    let poster = number(member(member(module.local("functions"), "poster"), "timeout"));
    assert!(poster > 2 * 40, "the poster begins no row in the last 40 s");
}

/// AWS drops a null, and the provider would wait in vain for the text that it gave (`infra/check --apply` looks too).
#[test]
fn no_queue_is_given_a_null() {
    let module = Module::read();
    for queue in ["rows", "reports", "dead"] {
        for attribute in module.resource("aws_sqs_queue", queue).attributes() {
            let given = attribute.value.to_string();
            assert!(!given.contains(" = null"), "{queue}: {}: {given}", attribute.key.as_str());
        }
    }
}

#[test]
fn the_parameters_have_the_names_that_the_local_stack_and_h2h_use() {
    let module = Module::read();
    assert_eq!(text(module.local("shared")), "/cv-19-res-support-v3/${var.stage}");
    for (local, name) in
        [("api_key_parameter", values::API_KEY_PARAMETER), ("google_credentials_parameter", values::GOOGLE_PARAMETER)]
    {
        let expected = name.replacen("/cv-19-res-support-v3/local", "${local.shared}", 1);
        assert_eq!(text(module.local(local)), expected);
    }
}

#[test]
fn h2h_finds_the_names_that_infra_writes() {
    let place = std::fs::read_to_string(root().join("crates/h2h/src/place.rs")).expect("a file");
    let parameters = std::fs::read_to_string(root().join("infra/modules/pipeline/parameters.tf")).expect("a file");
    let (_, wanted) = place.split_once("let wanted = [").expect("the names");
    let (wanted, _) = wanted.split_once("];").expect("the end of the names");
    let wanted: Vec<&str> = wanted.split('"').skip(1).step_by(2).collect();
    assert!(wanted.len() > 7, "{wanted:?}");
    for name in wanted {
        assert!(parameters.lines().any(|line| line.trim_start().starts_with(&format!("\"{name}\" "))), "{name}");
    }
    let schedules = std::fs::read_to_string(root().join("infra/modules/pipeline/schedules.tf")).expect("a file");
    for name in ["\"poll-${feed}\"", "      sweep = {", "      probe = {"] {
        assert!(schedules.contains(name), "h2h looks for the schedule {name}");
    }
}

#[test]
fn the_functions_know_the_schedules_inputs() {
    for (function, input) in [("splitter", "feed"), ("reporter", "sweep"), ("poster", "probe")] {
        let schedules = std::fs::read_to_string(root().join("infra/modules/pipeline/schedules.tf")).expect("a file");
        assert!(schedules.contains(&format!("{{ {input} = ")), "no schedule gives {input}");
        let sources = code(&root().join("lambdas").join(function).join("src"), "rs");
        let known = sources
            .iter()
            .any(|(_, text)| text.contains(&format!("\"{input}\"")) || text.contains(&format!("    {input}: ")));
        assert!(known, "{function} does not know its schedule's input {input}");
    }
}
