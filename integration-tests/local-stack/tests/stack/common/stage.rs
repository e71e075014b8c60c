//! The resources that `infra` makes of a stage beside the stack, for h2h to find.

use local_stack::Stack;

/// The name of a stage's group of schedules.
const STAGE_SCHEDULES: &str = "here-to-help-ingestion-staging";

/// Writes the names of the stack's parts where `infra` writes those of a stage.
pub(crate) async fn name_as_a_stage(stack: &Stack) {
    let ssm = aws_sdk_ssm::Client::new(&stack.aws);
    let endpoints = &stack.endpoints;
    let [alarms, notices] = [topic(stack, "alarms").await, topic(stack, "notices").await];
    for (name, value) in [
        ("alarms-topic-arn", alarms.as_str()),
        ("notices-topic-arn", &notices),
        ("table", endpoints.table.as_str()),
        ("rows-queue-url", &endpoints.rows_queue),
        ("dead-letter-queue-url", &endpoints.dead_letter_queue),
        ("reports-queue-url", &endpoints.reports_queue),
        ("splitter-function", "splitter"),
        ("poster-function", "poster"),
        ("reporter-function", "reporter"),
        ("schedule-group", STAGE_SCHEDULES),
    ] {
        let name = format!("/here-to-help-ingestion/staging/{name}");
        let kind = aws_sdk_ssm::types::ParameterType::String;
        ssm.put_parameter().name(name).value(value).r#type(kind).send().await.expect("written");
    }
}

/// A topic that notifies a queue; its ARN.
async fn topic(stack: &Stack, name: &str) -> String {
    let sns = aws_sdk_sns::Client::new(&stack.aws);
    let topic = sns.create_topic().name(name).send().await.expect("a topic").topic_arn.expect("its ARN");
    let queue = format!("arn:aws:sqs:eu-west-2:000000000000:told-of-{name}");
    sns.subscribe().topic_arn(&topic).protocol("sqs").endpoint(queue).send().await.expect("subscribed");
    topic
}

/// Makes the schedules that `infra` makes for a stage, so slow that they call nobody: the stack has its own.
pub(crate) async fn schedule_as_a_stage(stack: &Stack) {
    use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
    let scheduler = aws_sdk_scheduler::Client::new(&stack.aws);
    scheduler.create_schedule_group().name(STAGE_SCHEDULES).send().await.expect("a group");
    let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().expect("a window");
    let target = Target::builder()
        .arn("arn:aws:lambda:eu-west-2:000000000000:function:splitter")
        .role_arn("arn:aws:iam::000000000000:role/scheduler");
    let target = target.build().expect("a target");
    let polls = feeds::all().iter().map(|feed| format!("poll-{feed}"));
    for name in polls.chain(["sweep", "probe"].map(str::to_owned)) {
        let schedule = scheduler.create_schedule().group_name(STAGE_SCHEDULES).name(name);
        let schedule = schedule.schedule_expression("rate(365 days)").flexible_time_window(window.clone());
        schedule.target(target.clone()).send().await.expect("a schedule");
    }
}
