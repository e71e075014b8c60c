//! The terraform module and the code agree: what one names, the other knows.

use std::collections::{BTreeMap, BTreeSet};

use infra_drift::{
    Module, at, code, json, member, metrics_of_alarms, metrics_of_code, nested, number, root, settings_read_by, text,
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
        feeds::all().iter().map(|feed| (feed.name().to_owned(), feed.settings_prefix.to_owned())).collect();
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
        // Folders are asked for by feed, in crates/lambda-support/src/settings.rs.
        let direction = match function {
            "splitter" => Some("INBOUND"),
            "reporter" => Some("OUTBOUND"),
            _ => None,
        };
        if let Some(direction) = direction {
            read.extend(feeds::all().iter().map(|feed| format!("{}_{direction}_FOLDER_ID", feed.settings_prefix)));
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
    let metrics = std::fs::read_to_string(root().join("crates/lambda-support/src/metrics.rs")).expect("a file");
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
    let parsed = |filter: &str| serde_json::from_str::<serde_json::Value>(filter).expect("a filter");
    let filters = nested(stream, "filter_criteria").get_blocks("filter");
    let patterns: Vec<_> = filters.map(|filter| json(at(&filter.body, "pattern"))).collect();
    assert_eq!(patterns, ledger::STREAM_FILTERS.map(parsed));
    assert_eq!(number(at(stream, "batch_size")), u64::from(values::STREAM_BATCH.unsigned_abs()));
    let window = number(at(stream, "maximum_batching_window_in_seconds"));
    assert_eq!(window, u64::from(values::STREAM_WINDOW.unsigned_abs()));
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
    // The poster begins no row in its last seconds, and most of its time must be left for rows.
    let (_, begin) = source("lambdas/poster/src/batch.rs", "const BEGIN: Duration = Duration::from_secs(");
    let begin: u64 = begin.split(')').next().and_then(|seconds| seconds.parse().ok()).expect("seconds");
    assert!(number(member(member(module.local("functions"), "poster"), "timeout")) > 2 * begin);
    source("infra/modules/pipeline/functions.tf", &format!("it begins no row in the last {begin} s"));
}

/// A file's text before and after a piece of it, which it must hold.
fn source(file: &str, piece: &str) -> (String, String) {
    let text = std::fs::read_to_string(root().join(file)).expect("a file");
    let (before, after) = text.split_once(piece).unwrap_or_else(|| panic!("{file} has no {piece:?}"));
    (before.to_owned(), after.to_owned())
}

/// The locals and variables above are worth something only where they are used.
#[test]
fn queues_mappings_and_functions_are_given_those_values() {
    let module = Module::read();
    assert_eq!(number(module.local("fourteen_days")), 14 * 24 * 60 * 60);
    for (queue, function) in [("rows", "poster"), ("reports", "reporter")] {
        let body = module.resource("aws_sqs_queue", queue);
        let is = |attribute: &str| text(at(body, attribute));
        let visibility = format!("local.visibility_factor * local.functions.{function}.timeout");
        assert_eq!(is("visibility_timeout_seconds"), visibility);
        assert_eq!(is("message_retention_seconds"), "local.fourteen_days");
        let redrive = serde_json::json!({
            "deadLetterTargetArn": format!("aws_sqs_queue.dead[\"{queue}\"].arn"),
            "maxReceiveCount": format!("local.{queue}_max_receives"),
        });
        assert_eq!(json(at(body, "redrive_policy")), redrive);
        let mapping = module.resource("aws_lambda_event_source_mapping", queue);
        assert_eq!(text(at(mapping, "event_source_arn")), format!("aws_sqs_queue.{queue}.arn"));
        assert_eq!(text(at(mapping, "function_name")), format!("aws_lambda_function.this[\"{function}\"].arn"));
    }
    let dead = module.resource("aws_sqs_queue", "dead");
    assert_eq!(text(at(dead, "message_retention_seconds")), "local.fourteen_days");

    let posters = "var.poster_concurrency";
    let rows = module.resource("aws_lambda_event_source_mapping", "rows");
    assert_eq!(text(at(rows, "scaling_config.maximum_concurrency")), posters);
    let function = module.resource("aws_lambda_function", "this");
    assert!(text(at(function, "reserved_concurrent_executions")).contains("? var.poster_concurrency + 2 : -1"));
    assert_eq!(text(at(function, "timeout")), "each.value.timeout");
    for (function, setting, value) in [
        ("splitter", "ROWS_QUEUE_URL", "aws_sqs_queue.rows.url".to_owned()),
        ("splitter", "QUIET_SECONDS", "tostring(var.quiet_seconds)".to_owned()),
        ("poster", "ROWS_QUEUE_URL", "aws_sqs_queue.rows.url".to_owned()),
        ("poster", "HASH_KEY_PARAMETER", "local.hash_key_parameter".to_owned()),
        ("poster", "API_CALLS_PER_SECOND", "tostring(var.api_calls_per_second)".to_owned()),
        ("poster", "CALLS_THAT_MAY_WAIT", "tostring(var.calls_that_may_wait)".to_owned()),
        ("poster", "POSTER_CONCURRENCY", format!("tostring({posters})")),
        ("poster", "MAX_RECEIVES", "tostring(local.rows_max_receives)".to_owned()),
        ("poster", "RETRY_SECONDS", "tostring(local.retry_seconds)".to_owned()),
        ("reporter", "ROWS_QUEUE_URL", "aws_sqs_queue.rows.url".to_owned()),
        ("reporter", "REPORTS_QUEUE_URL", "aws_sqs_queue.reports.url".to_owned()),
        ("reporter", "DEAD_LETTER_QUEUE_URL", "aws_sqs_queue.dead[\"rows\"].url".to_owned()),
        ("reporter", "RETRY_SECONDS", "tostring(local.retry_seconds)".to_owned()),
        ("reporter", "STALLED_SECONDS", "tostring(local.stalled_seconds)".to_owned()),
    ] {
        assert_eq!(module.setting(function, setting), value, "{function} {setting}");
    }
}

/// The local stack waits for seconds, and says beside each wait what it is in a stage.
#[test]
fn the_local_stack_knows_how_long_a_stage_waits() {
    let module = Module::read();
    let schedules = source("infra/modules/pipeline/schedules.tf", "").1;
    assert!(schedules.contains("minutes  = var.poll_minutes"));
    assert!(schedules.contains("input = { sweep = true }, minutes = var.sweep_minutes,"));
    let minutes = |minutes: u64| format!("{minutes} {}", if minutes == 1 { "minute" } else { "minutes" });
    let timeout = |function: &str| minutes(number(member(member(module.local("functions"), function), "timeout")) / 60);
    let probe = schedules.split_once("input = { probe = true }, minutes = ").expect("the probe").1;
    let probe = probe.split(',').next().and_then(|minutes| minutes.parse().ok()).expect("minutes");
    assert_eq!(number(module.local("visibility_factor")), 6);
    for (wait, in_a_stage) in [
        ("poll", minutes(number(module.default("poll_minutes")))),
        ("sweep", minutes(number(module.default("sweep_minutes")))),
        ("stalled", minutes(number(module.local("stalled_seconds")) / 60)),
        ("probe", minutes(probe)),
        ("quiet", minutes(number(module.default("quiet_seconds")) / 60)),
        ("splitter_timeout", timeout("splitter")),
        ("poster_timeout", timeout("poster")),
        ("reporter_timeout", timeout("reporter")),
        ("visibility", "six times the poster's time-out".to_owned()),
        ("report_visibility", "six times the reporter's time-out".to_owned()),
        ("retry", minutes(number(module.local("retry_seconds")) / 60)),
    ] {
        let (above, _) = source("integration-tests/local-stack/src/tempo.rs", &format!("    pub {wait}: Duration,"));
        let said = above.lines().last().expect("what is said of it");
        assert!(said.ends_with(&format!("(in a stage: {in_a_stage}).")), "{wait}: {in_a_stage}, and not: {said}");
    }
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
    for (local, name) in [
        ("api_key_parameter", values::API_KEY_PARAMETER),
        ("hash_key_parameter", values::HASH_KEY_PARAMETER),
        ("google_credentials_parameter", values::GOOGLE_PARAMETER),
    ] {
        let expected = name.replacen("/cv-19-res-support-v3/local", "${local.shared}", 1);
        assert_eq!(text(module.local(local)), expected);
    }
}

/// Those that docs/deploy.md has an engineer put, and `infra/check --apply` by the simulators' names of the feeds.
#[test]
fn the_module_reads_the_parameters_that_an_engineer_puts() {
    let module = Module::read();
    let here = |name: String| {
        let name = name.replace("${local.shared}", &text(module.local("shared")));
        name.replace("${var.stage}", "$STAGE")
    };
    let named = |data: &str| text(at(module.data("aws_ssm_parameter", data), "name"));
    let secrets = ["api_key_parameter", "google_credentials_parameter"].map(|local| text(module.local(local)));
    let mut read: BTreeSet<String> =
        ["api_base_url", "excluded_ctas_ids", "alarm_emails"].map(named).into_iter().chain(secrets).map(here).collect();
    let folders = module.local("folders").to_string();
    let folders = folders.split('"').filter(|literal| literal.starts_with("${local.shared}/"));
    let folders: Vec<String> = folders.map(|name| here(name.to_owned())).collect();
    assert_eq!(folders.len(), 2, "{folders:?}");
    for feed in feeds::all() {
        let prefix = text(member(member(module.local("feeds"), feed.name()), "parameter_prefix"));
        assert_eq!(prefix, feed.settings_prefix.to_lowercase(), "as the simulators name it");
        read.extend(folders.iter().map(|name| name.replace("${feed.parameter_prefix}", &prefix)));
    }

    let deploy = std::fs::read_to_string(root().join("docs/deploy.md")).expect("the page");
    let puts = deploy.lines().filter_map(|line| line.trim().strip_prefix("put "));
    let puts = puts.filter_map(|put| put.split_whitespace().nth(1));
    let named = |name: &str| name.trim_matches('"').replace("$shared", "/cv-19-res-support-v3/$STAGE");
    let put: BTreeSet<String> = puts.map(named).collect();
    assert_eq!(read, put, "the module left, docs/deploy.md right");
}

#[test]
fn h2h_finds_the_names_that_infra_writes() {
    let environment = std::fs::read_to_string(root().join("crates/h2h/src/environment.rs")).expect("a file");
    let parameters = std::fs::read_to_string(root().join("infra/modules/pipeline/parameters.tf")).expect("a file");
    let (_, wanted) = environment.split_once("let wanted = [").expect("the names");
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
