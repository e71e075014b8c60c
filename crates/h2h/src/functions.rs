//! A function as Lambda describes it.

use std::collections::HashMap;

use anyhow::{Context, anyhow};

use crate::environment::Environment;

pub(crate) struct Function {
    pub(crate) name: String,
    /// What its environment tells it; none where it cannot be looked at.
    pub(crate) settings: Option<HashMap<String, String>>,
    /// How long an invocation may take, in seconds.
    pub(crate) timeout: i32,
}

impl Function {
    pub(crate) async fn read(environment: &Environment, name: &str) -> anyhow::Result<Self> {
        let answer = environment.clients.lambda.get_function_configuration().function_name(name).send().await;
        let answer = answer.with_context(|| format!("cannot look at the function {name}: check your permissions"))?;
        let settings = Some(answer.environment.and_then(|all| all.variables).unwrap_or_default());
        Ok(Self { name: name.to_owned(), settings, timeout: answer.timeout.unwrap_or_default() })
    }

    /// The setting of this name, unless it is blank.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        self.settings.as_ref()?.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// The setting of this name, which it must have.
    pub(crate) fn needed(&self, name: &str) -> anyhow::Result<&str> {
        self.setting(name).ok_or_else(|| anyhow!("the function {} is not told {name}: deploy infra", self.name))
    }
}
