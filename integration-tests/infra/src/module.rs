//! The terraform module, parsed.

use std::collections::{BTreeMap, BTreeSet};

use hcl::expr::{Object, ObjectKey, TraversalOperator};
use hcl::{Body, Expression};

use crate::sources::{Metric, code, root};

/// All files of `infra/modules/pipeline`.
pub struct Module {
    body: Body,
    locals: BTreeMap<String, Expression>,
}

impl Module {
    /// Reads it.
    pub fn read() -> Self {
        let files = code(&root().join("infra/modules/pipeline"), "tf");
        let bodies: Vec<Body> = files.iter().map(|(path, text)| hcl::parse(text).expect(path)).collect();
        let body: Body = bodies.into_iter().flatten().collect();
        let locals = body.blocks().filter(|block| block.identifier() == "locals").flat_map(|block| {
            block.body().attributes().map(|local| (local.key().to_owned(), local.expr().clone())).collect::<Vec<_>>()
        });
        let locals = locals.collect();
        Self { body, locals }
    }

    /// The expression of `local.<name>`.
    pub fn local(&self, name: &str) -> &Expression {
        self.locals.get(name).unwrap_or_else(|| panic!("the module has no local {name}"))
    }

    /// The keys of `local.<name>`, an object.
    pub fn local_keys(&self, name: &str) -> BTreeSet<String> {
        object(self.local(name)).keys().map(key).collect()
    }

    /// What stands in a resource.
    pub fn resource(&self, kind: &str, name: &str) -> &Body {
        let labels =
            |block: &hcl::Block| block.labels().iter().map(|label| label.as_str().to_owned()).collect::<Vec<_>>();
        let found = self.body.blocks().find(|block| block.identifier() == "resource" && labels(block) == [kind, name]);
        found.unwrap_or_else(|| panic!("the module has no {kind}.{name}")).body()
    }

    /// The names of the environment variables that a function is given. Those of `local.inbound_ids` and
    /// `local.outbound_ids` are one for each feed, by its `settings_prefix`.
    pub fn environment(&self, function: &str) -> BTreeSet<String> {
        let given = nested(self.resource("aws_lambda_function", "this"), "environment");
        let everybody = self.keys_of(attribute(given, "variables"));
        let own = member(self.local("environments"), function);
        everybody.into_iter().chain(self.keys_of(own)).collect()
    }

    fn keys_of(&self, expression: &Expression) -> BTreeSet<String> {
        match expression {
            Expression::Object(object) => object.keys().map(key).collect(),
            Expression::FuncCall(call) => call.args.iter().flat_map(|argument| self.keys_of(argument)).collect(),
            Expression::Conditional(either) => {
                self.keys_of(&either.true_expr).into_iter().chain(self.keys_of(&either.false_expr)).collect()
            }
            Expression::Parenthesis(inner) => self.keys_of(inner),
            Expression::Traversal(path) => match path.operators.first() {
                Some(TraversalOperator::GetAttr(name)) => match name.as_str() {
                    "inbound_ids" => self.folders("INBOUND"),
                    "outbound_ids" => self.folders("OUTBOUND"),
                    // Each function's own, added by the caller.
                    "environments" => BTreeSet::new(),
                    local => self.keys_of(self.local(local)),
                },
                _ => BTreeSet::new(),
            },
            _ => BTreeSet::new(),
        }
    }

    fn folders(&self, direction: &str) -> BTreeSet<String> {
        let feeds = object(self.local("feeds")).values();
        feeds.map(|feed| format!("{}_{direction}_FOLDER_ID", text(member(feed, "settings_prefix")))).collect()
    }

    /// Each feed's settings prefix, by its name.
    pub fn feeds(&self) -> BTreeMap<String, String> {
        let feeds = object(self.local("feeds")).iter();
        feeds.map(|(name, feed)| (key(name), text(member(feed, "settings_prefix")))).collect()
    }
}

/// The metrics of the code's own namespace that alarms look at.
pub fn metrics_of_alarms(module: &Module) -> BTreeSet<Metric> {
    let mut found = BTreeSet::new();
    collect_metrics(module.local("own_alarms"), &mut found);
    found
}

fn collect_metrics(expression: &Expression, found: &mut BTreeSet<Metric>) {
    match expression {
        Expression::Object(object) => {
            let of = |name: &str| object.iter().find(|(at, _)| key(at) == name).map(|(_, value)| value);
            if let (Some(metric), Some(Expression::Object(dimensions))) = (of("metric"), of("dimensions")) {
                found.insert(Metric { name: text(metric), dimensions: dimensions.keys().map(key).collect() });
            }
            object.values().for_each(|value| collect_metrics(value, found));
        }
        Expression::FuncCall(call) => call.args.iter().for_each(|argument| collect_metrics(argument, found)),
        Expression::ForExpr(each) => collect_metrics(&each.value_expr, found),
        _ => {}
    }
}

/// An attribute by its path through nested blocks, such as `scaling_config.maximum_concurrency`.
pub fn at<'a>(body: &'a Body, path: &str) -> &'a Expression {
    match path.split_once('.') {
        Some((block, rest)) => at(nested(body, block), rest),
        None => attribute(body, path),
    }
}

fn nested<'a>(body: &'a Body, name: &str) -> &'a Body {
    body.blocks().find(|block| block.identifier() == name).unwrap_or_else(|| panic!("no block {name}")).body()
}

fn attribute<'a>(body: &'a Body, name: &str) -> &'a Expression {
    body.attributes().find(|attribute| attribute.key() == name).unwrap_or_else(|| panic!("no attribute {name}")).expr()
}

fn object(expression: &Expression) -> &Object<ObjectKey, Expression> {
    match expression {
        Expression::Object(object) => object,
        other => panic!("no object: {other:?}"),
    }
}

/// The value of a key.
pub fn member<'a>(expression: &'a Expression, name: &str) -> &'a Expression {
    let found = object(expression).iter().find(|(at, _)| key(at) == name);
    found.map(|(_, value)| value).unwrap_or_else(|| panic!("no key {name}"))
}

fn key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Identifier(name) => name.to_string(),
        ObjectKey::Expression(expression) => text(expression),
        other => panic!("no name: {other:?}"),
    }
}

/// A string as it is written, templates and all.
pub fn text(expression: &Expression) -> String {
    match expression {
        Expression::String(text) => text.clone(),
        Expression::TemplateExpr(template) => template.as_str().to_owned(),
        Expression::Variable(name) => name.to_string(),
        other => panic!("no text: {other:?}"),
    }
}

/// A number.
pub fn number(expression: &Expression) -> u64 {
    match expression {
        Expression::Number(number) => number.as_u64().expect("a whole number"),
        other => panic!("no number: {other:?}"),
    }
}

/// A literal, or `jsonencode` of one, as JSON.
pub fn json(expression: &Expression) -> serde_json::Value {
    match expression {
        Expression::FuncCall(call) => json(call.args.first().expect("an argument")),
        Expression::Object(object) => {
            serde_json::Value::Object(object.iter().map(|(at, value)| (key(at), json(value))).collect())
        }
        Expression::Array(items) => items.iter().map(json).collect(),
        Expression::Bool(value) => (*value).into(),
        Expression::Number(_) => number(expression).into(),
        other => text(other).into(),
    }
}
