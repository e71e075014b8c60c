//! The functions: what they are told, and which version they are.

use std::collections::BTreeMap;

use aws_sdk_lambda::primitives::Blob;
use serde_json::{Value, json};

use super::Line;
use crate::place::Pipeline;

/// A function as Lambda describes it.
pub(super) struct Function {
    name: String,
    /// What its environment says; none where it cannot be read.
    settings: Option<BTreeMap<String, String>>,
    /// How long an invocation may take, in seconds.
    pub(super) timeout: i32,
}

/// The three of them.
pub(super) struct Functions {
    pub(super) splitter: Function,
    pub(super) poster: Function,
    pub(super) reporter: Function,
}

impl Functions {
    pub(super) async fn read(pipeline: &Pipeline) -> Self {
        let [splitter, poster, reporter] = pipeline.functions();
        let (splitter, poster, reporter) = futures::join!(
            Function::read(pipeline, splitter),
            Function::read(pipeline, poster),
            Function::read(pipeline, reporter)
        );
        Self { splitter, poster, reporter }
    }

    pub(super) async fn check(&self, pipeline: &Pipeline) -> Vec<Line> {
        let (splitter, poster, reporter) =
            futures::join!(self.splitter.check(pipeline), self.poster.check(pipeline), self.reporter.check(pipeline));
        vec![splitter, poster, reporter]
    }

    /// What any of them is told under a name.
    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        [&self.poster, &self.splitter, &self.reporter].into_iter().find_map(|function| function.setting(name))
    }

    /// The parameters that they read secrets from, each once.
    pub(super) fn secret_parameters(&self) -> Vec<&str> {
        let all = [&self.splitter, &self.poster, &self.reporter].into_iter().filter_map(|one| one.settings.as_ref());
        let named = all.flatten().filter(|(name, _)| name.ends_with("_PARAMETER")).map(|(_, value)| value.as_str());
        named.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }
}

impl Function {
    async fn read(pipeline: &Pipeline, name: &str) -> Self {
        let answer = pipeline.lambda.get_function_configuration().function_name(name).send().await.ok();
        let timeout = answer.as_ref().and_then(|answer| answer.timeout).unwrap_or_default();
        let settings = answer.map(|answer| answer.environment.and_then(|all| all.variables).unwrap_or_default());
        Self { name: name.to_owned(), settings: settings.map(|all| all.into_iter().collect()), timeout }
    }

    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        self.settings.as_ref()?.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    async fn check(&self, pipeline: &Pipeline) -> Line {
        let what = format!("function {}", self.name);
        if self.settings.is_none() {
            let to_do = "Deploy infra, and check that you may call lambda:GetFunctionConfiguration.";
            return Line::problem(what, "it is not there, or may not be looked at", to_do);
        }
        let ours = env!("CARGO_PKG_VERSION");
        match self.version(pipeline).await {
            Some(version) if version == ours => Line::ok(what, format!("version {version}, as this command")),
            Some(version) => Line::problem(
                what,
                format!("version {version}, and this command is {ours}"),
                "Use the command of that version, or deploy this one.",
            ),
            None => Line::problem(
                what,
                format!("it does not say that it is version {ours}: it cannot start, or is an older one"),
                "Look at its log, or deploy this version; you need lambda:InvokeFunction.",
            ),
        }
    }

    async fn version(&self, pipeline: &Pipeline) -> Option<String> {
        let question = Blob::new(json!({ "version": true }).to_string());
        let answer = pipeline.lambda.invoke().function_name(&self.name).payload(question).send().await.ok()?;
        let answer: Value = serde_json::from_slice(answer.payload?.as_ref()).ok()?;
        answer.get("version")?.as_str().map(ToOwned::to_owned)
    }
}
