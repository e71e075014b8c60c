//! The terraform module, parsed.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::{Expression, Object, ObjectKey, TraversalOperator};
use hcl_edit::structure::{Block, Body};

use crate::sources::{Metric, code, root};

/// All files of `infra/modules/pipeline`.
pub struct Module {
    bodies: Vec<Body>,
    locals: BTreeMap<String, Expression>,
}

impl Module {
    /// Reads it.
    pub fn read() -> Self {
        let files = code(&root().join("infra/modules/pipeline"), "tf");
        let parse = |(path, text): &(String, String)| {
            hcl_edit::parser::parse_body(text).unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        let bodies: Vec<Body> = files.iter().map(parse).collect();
        let attributes =
            bodies.iter().flat_map(|body| body.get_blocks("locals")).flat_map(|block| block.body.attributes());
        let locals = attributes.map(|local| (local.key.to_string().trim().to_owned(), local.value.clone())).collect();
        Self { bodies, locals }
    }

    /// The expression of `local.<name>`.
    pub fn local(&self, name: &str) -> &Expression {
        self.locals.get(name).unwrap_or_else(|| panic!("the module has no local {name}"))
    }

    /// The keys of `local.<name>`, an object.
    pub fn local_keys(&self, name: &str) -> BTreeSet<String> {
        keys(self.local(name))
    }

    /// The body of a resource.
    pub fn resource(&self, kind: &str, name: &str) -> &Body {
        self.block("resource", kind, name)
    }

    /// The body of a data source.
    pub fn data(&self, kind: &str, name: &str) -> &Body {
        self.block("data", kind, name)
    }

    /// The resources of kinds that begin so, as terraform calls them.
    pub fn resources(&self, kind: &str) -> BTreeSet<String> {
        let blocks = self.bodies.iter().flat_map(|body| body.get_blocks("resource"));
        let names = blocks.map(|block| block.labels.iter().map(|label| label.as_str()).collect::<Vec<_>>().join("."));
        names.filter(|name| name.starts_with(kind)).collect()
    }

    fn block(&self, sort: &'static str, kind: &str, name: &str) -> &Body {
        let mut blocks = self.bodies.iter().flat_map(|body| body.get_blocks(sort));
        let found = blocks.find(|block: &&Block| block.has_exact_labels(&[kind, name]));
        &found.unwrap_or_else(|| panic!("the module has no {sort} {kind}.{name}")).body
    }

    /// The names of the environment variables that a function is given. Those of `local.inbound_ids` and
    /// `local.outbound_ids` are one for each feed, by its `settings_prefix`.
    pub fn environment(&self, function: &str) -> BTreeSet<String> {
        let given = nested(self.resource("aws_lambda_function", "this"), "environment");
        let everybody = self.keys_of(attribute(given, "variables"));
        let own = member(self.local("environments"), function);
        everybody.into_iter().chain(self.keys_of(own)).collect()
    }

    /// The value that a function is given as one of its own settings.
    pub fn setting(&self, function: &str, name: &str) -> String {
        let given = member(self.local("environments"), function);
        let own = match given {
            Expression::FuncCall(merged) => {
                merged.args.iter().find(|argument| matches!(argument, Expression::Object(_)))
            }
            own => Some(own),
        };
        text(member(own.expect("settings of its own"), name))
    }

    /// The value of a variable where a stage does not set it.
    pub fn default(&self, variable: &str) -> &Expression {
        let mut variables = self.bodies.iter().flat_map(|body| body.get_blocks("variable"));
        let found = variables.find(|block| block.has_exact_labels(&[variable]));
        attribute(&found.unwrap_or_else(|| panic!("the module has no variable {variable}")).body, "default")
    }

    fn keys_of(&self, expression: &Expression) -> BTreeSet<String> {
        match expression {
            Expression::Object(_) => keys(expression),
            Expression::FuncCall(call) => call.args.iter().flat_map(|argument| self.keys_of(argument)).collect(),
            Expression::Conditional(either) => {
                self.keys_of(&either.true_expr).into_iter().chain(self.keys_of(&either.false_expr)).collect()
            }
            Expression::Traversal(path) => match path.operators.first().map(|operator| operator.value()) {
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
        self.feeds().into_values().map(|prefix| format!("{prefix}_{direction}_FOLDER_ID")).collect()
    }

    /// Each feed's settings prefix, by its name.
    pub fn feeds(&self) -> BTreeMap<String, String> {
        let feeds = object(self.local("feeds")).iter();
        feeds.map(|(name, feed)| (key(name), text(member(feed.expr(), "settings_prefix")))).collect()
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
            let of = |name: &str| object.iter().find(|(at, _)| key(at) == name).map(|(_, value)| value.expr());
            if let (Some(metric), Some(dimensions)) = (of("metric"), of("dimensions")) {
                found.insert(Metric { name: text(metric), dimensions: keys(dimensions) });
            }
            object.iter().for_each(|(_, value)| collect_metrics(value.expr(), found));
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

/// A block within a body.
pub fn nested<'a>(body: &'a Body, name: &str) -> &'a Body {
    let mut blocks = body.blocks();
    &blocks.find(|block| block.has_ident(name)).unwrap_or_else(|| panic!("no block {name}")).body
}

fn attribute<'a>(body: &'a Body, name: &str) -> &'a Expression {
    &body.get_attribute(name).unwrap_or_else(|| panic!("no attribute {name}")).value
}

fn object(expression: &Expression) -> &Object {
    match expression {
        Expression::Object(object) => object,
        other => panic!("no object: {other}"),
    }
}

fn keys(expression: &Expression) -> BTreeSet<String> {
    object(expression).iter().map(|(name, _)| key(name)).collect()
}

/// The value of a key.
pub fn member<'a>(expression: &'a Expression, name: &str) -> &'a Expression {
    let found = object(expression).iter().find(|(at, _)| key(at) == name);
    found.map(|(_, value)| value.expr()).unwrap_or_else(|| panic!("no key {name}"))
}

fn key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Ident(name) => name.to_string().trim().to_owned(),
        ObjectKey::Expression(expression) => text(expression),
    }
}

/// A string as it is written, templates and all.
pub fn text(expression: &Expression) -> String {
    expression.to_string().trim().trim_matches('"').to_owned()
}

/// A number.
pub fn number(expression: &Expression) -> u64 {
    text(expression).parse().unwrap_or_else(|_| panic!("no whole number: {expression}"))
}

/// A literal, or `jsonencode` of one, as JSON.
pub fn json(expression: &Expression) -> serde_json::Value {
    match expression {
        Expression::FuncCall(call) => json(call.args.iter().next().expect("an argument")),
        Expression::Object(object) => {
            serde_json::Value::Object(object.iter().map(|(at, value)| (key(at), json(value.expr()))).collect())
        }
        Expression::Array(items) => items.iter().map(json).collect(),
        Expression::Bool(value) => (*value.value()).into(),
        other => text(other).into(),
    }
}
