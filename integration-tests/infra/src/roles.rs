//! The functions' roles: what each one allows, and what is said beside a right that no call needs.

use std::collections::BTreeMap;

use hcl_edit::Decorate;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};

use crate::module::{Module, at, text};

/// Begins the comment that says why a right stands there though no call of the function's needs it: above the right, or
/// above its statement.
const NO_CALL: &str = "# No call:";

/// A right: an action and the resource as terraform writes it.
pub type Right = (String, String);

impl Module {
    /// The rights of a function's role, each with whether a comment says why no call needs it.
    pub fn rights(&self, function: &str) -> BTreeMap<Right, bool> {
        let documents = [Some("common"), Some(function), (function == "poster").then_some("poster_mapping")];
        let mut rights = BTreeMap::new();
        for document in documents.into_iter().flatten() {
            for (block, statement) in self.bodies_of(document) {
                add(block, statement, &mut rights);
            }
        }
        rights
    }

    /// The statements of a policy: id, effect if one is given, and condition.
    pub fn statements(&self, document: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let statements = self.bodies_of(document).into_iter().map(|(_, statement)| {
            let effect = statement.get_attribute("effect").map(|effect| text(&effect.value));
            let conditions = statement.get_blocks("condition").map(|condition| {
                let of = |name| text(at(&condition.body, name));
                format!("{} {} {}", of("test"), of("variable"), of("values"))
            });
            let conditions: Vec<String> = conditions.collect();
            (text(at(statement, "sid")), effect, (!conditions.is_empty()).then(|| conditions.join(", ")))
        });
        statements.collect()
    }

    /// The statements of a policy, those that only a variable asks for with them.
    fn bodies_of(&self, document: &str) -> Vec<(&Block, &Body)> {
        let body = self.data("aws_iam_policy_document", document);
        let dynamic = body
            .get_blocks("dynamic")
            .map(|block| (block, &block.body.get_blocks("content").next().expect("a dynamic block's content").body));
        body.get_blocks("statement").map(|block| (block, &block.body)).chain(dynamic).collect()
    }
}

fn add(block: &Block, statement: &Body, rights: &mut BTreeMap<Right, bool>) {
    let is_explained = is_explained(block);
    for action in items(at(statement, "actions")) {
        let name = text(action).rsplit('\n').next().unwrap_or_default().trim().trim_matches('"').to_owned();
        for resource in items(at(statement, "resources")) {
            let right = (name.clone(), resource.to_string().trim().to_owned());
            // Under another condition it may stand once more.
            let is_explained = is_explained || self::is_explained(action);
            rights.entry(right).and_modify(|known| *known &= is_explained).or_insert(is_explained);
        }
    }
}

fn is_explained(thing: &impl Decorate) -> bool {
    thing.decor().prefix().is_some_and(|comments| comments.contains(NO_CALL))
}

fn items(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::Array(items) => items.iter().collect(),
        other => panic!("no list: {other}"),
    }
}
