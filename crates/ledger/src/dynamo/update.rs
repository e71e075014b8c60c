//! Update expressions that read like what they do.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{Attribute, Item};

/// Changes to one item, and the condition under which they are made. Attributes are named as they are; their
/// placeholders, which spare us DynamoDB's reserved words, are made here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Update {
    /// The parts of the update expression, by the word before them.
    clauses: BTreeMap<&'static str, Vec<String>>,
    conditions: Vec<String>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Update {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sets an attribute.
    pub(crate) fn set(mut self, name: &str, value: impl Attribute) -> Self {
        let (name, new) = (self.name(name), self.value("set", name, value));
        self.clause("SET", format!("{name} = {new}"))
    }

    /// Sets all attributes of an item.
    pub(crate) fn set_all(self, item: Item) -> Self {
        item.into_iter().fold(self, |update, (name, value)| update.set(&name, value))
    }

    /// Sets an attribute, or removes it.
    pub(crate) fn set_or_remove(self, name: &str, value: Option<impl Attribute>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self.remove(name),
        }
    }

    /// Adds to the end of a list; an absent one counts as empty.
    pub(crate) fn append(mut self, name: &str, items: AttributeValue) -> Self {
        let none = self.value("none", name, AttributeValue::L(Vec::new()));
        let (name, items) = (self.name(name), self.value("append", name, items));
        self.clause("SET", format!("{name} = list_append(if_not_exists({name}, {none}), {items})"))
    }

    /// Adds to a number (an absent one counts as 0) or to a set.
    pub(crate) fn add(mut self, name: &str, amount: impl Attribute) -> Self {
        let (name, amount) = (self.name(name), self.value("add", name, amount));
        self.clause("ADD", format!("{name} {amount}"))
    }

    /// Takes elements out of a set; those that are not in it count as taken out.
    pub(crate) fn take_out(mut self, name: &str, elements: impl Attribute) -> Self {
        let (name, elements) = (self.name(name), self.value("take_out", name, elements));
        self.clause("DELETE", format!("{name} {elements}"))
    }

    /// Removes an attribute.
    pub(crate) fn remove(mut self, name: &str) -> Self {
        let name = self.name(name);
        self.clause("REMOVE", name)
    }

    /// A condition, in DynamoDB's words; all of them must hold. `#name` is an attribute, `:name` a value to be bound.
    pub(crate) fn when(mut self, condition: &str) -> Self {
        for part in condition.split('#').skip(1) {
            let end = part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
            self.name(&part[..end]);
        }
        self.conditions.push(format!("({condition})"));
        self
    }

    /// The condition that an attribute is still as it was seen: absent, where it was.
    pub(crate) fn unchanged(mut self, name: &str, seen: Option<impl Attribute>) -> Self {
        let Some(seen) = seen else { return self.when(&format!("attribute_not_exists(#{name})")) };
        let (name, seen) = (self.name(name), self.value("seen", name, seen));
        self.conditions.push(format!("({name} = {seen})"));
        self
    }

    /// A value of a condition.
    pub(crate) fn bind(mut self, name: &str, value: impl Attribute) -> Self {
        self.values.insert(format!(":{name}"), value.attribute());
        self
    }

    pub(crate) fn expression(&self) -> String {
        let clauses = self.clauses.iter().map(|(word, parts)| format!("{word} {}", parts.join(", ")));
        clauses.collect::<Vec<_>>().join(" ")
    }

    /// The condition expression, if there is a condition.
    pub(crate) fn condition(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    fn clause(mut self, word: &'static str, part: String) -> Self {
        self.clauses.entry(word).or_default().push(part);
        self
    }

    fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#{}", name.replace('-', "_"));
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn value(&mut self, kind: &str, name: &str, value: impl Attribute) -> String {
        let placeholder = format!(":{kind}_{}", name.replace('-', "_"));
        self.values.insert(placeholder.clone(), value.attribute());
        placeholder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_reads_like_what_it_does() {
        let update = Update::new()
            .set("claim", "mine")
            .add("already-known", 1u64)
            .take_out("begun", "mark")
            .remove("list_pk")
            .set_or_remove("reason", None::<&str>)
            .unchanged("claim", Some("theirs"))
            .unchanged("settled_at", None::<&str>)
            .when("attribute_not_exists(#outcome) OR #outcome = :old")
            .bind("old", "uncertain");
        assert_eq!(
            update.expression(),
            "ADD #already_known :add_already_known DELETE #begun :take_out_begun REMOVE #list_pk, #reason \
             SET #claim = :set_claim"
        );
        assert_eq!(
            update.condition().as_deref(),
            Some(
                "(#claim = :seen_claim) AND (attribute_not_exists(#settled_at)) AND \
                 (attribute_not_exists(#outcome) OR #outcome = :old)"
            )
        );
        let mut names: Vec<_> = update.names.iter().map(|(from, to)| format!("{from}={to}")).collect();
        names.sort();
        assert_eq!(
            names.join(" "),
            "#already_known=already-known #begun=begun #claim=claim #list_pk=list_pk #outcome=outcome #reason=reason \
             #settled_at=settled_at"
        );
        assert_eq!(update.values.len(), 5);
    }
}
