//! The functions: their settings, and which version they are.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::json;

use super::check::Check;
use crate::command_prelude::*;

pub(super) struct Functions {
    pub(super) splitter: Function,
    pub(super) poster: Function,
    pub(super) reporter: Function,
}

impl Functions {
    pub(super) async fn read(environment: &Environment) -> Self {
        let names = &environment.names;
        let read = async |name: &str| match Function::read(environment, name).await {
            Ok(function) => function,
            Err(_) => Function { name: name.to_owned(), settings: None, timeout: 0 },
        };
        let (splitter, poster, reporter) =
            futures::join!(read(&names.splitter), read(&names.poster), read(&names.reporter));
        Self { splitter, poster, reporter }
    }

    fn all(&self) -> [&Function; 3] {
        [&self.splitter, &self.poster, &self.reporter]
    }

    pub(super) async fn check(&self, environment: &Environment) -> Vec<Check> {
        join_all(self.all().map(|one| check(environment, one))).await
    }

    /// The parameters that they read secrets from, each once.
    pub(super) fn secret_parameters(&self) -> BTreeSet<&str> {
        let settings = self.all().into_iter().filter_map(|one| one.settings.as_ref()).flatten();
        settings.filter(|(name, _)| name.ends_with("_PARAMETER")).map(|(_, value)| value.as_str()).collect()
    }
}

async fn check(environment: &Environment, Function { name, settings, .. }: &Function) -> Check {
    let what = format!("function {name}");
    if settings.is_none() {
        let to_do = "Deploy infra, and check that you may call lambda:GetFunctionConfiguration.";
        return Check::problem(what, "it is not there, or may not be looked at", to_do);
    }
    let ours = env!("CARGO_PKG_VERSION");
    let answer = environment.ask(name, &json!({ "version": true })).await.unwrap_or_default();
    let (problem, to_do) = match answer["version"].as_str() {
        Some(version) if version == ours => return Check::ok(what, format!("version {version}, as this command")),
        Some(version) => (
            format!("version {version}, and this command is {ours}"),
            "Use the command of that version, or deploy this one.",
        ),
        None => (
            format!("it does not say that it is version {ours}: it cannot start, or is an older one"),
            "Look at its log, or deploy this version; you need lambda:InvokeFunction.",
        ),
    };
    Check::problem(what, problem, to_do)
}
