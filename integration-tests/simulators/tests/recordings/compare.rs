//! Checks that two answers are the same, as far as a recording says.

use std::fmt::Debug;

use chrono::{DateTime, DurationRound, NaiveDateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::{
    answer::Got,
    ids::Ids,
    step::{Answer, Exchange},
};

/// How to look at the answers of a file.
pub(crate) struct Look {
    /// Nulls and empty lists are left out everywhere, and not only where a request is shown
    pub(crate) sparse: bool,
    /// `$now` is not before this
    pub(crate) since: DateTime<Utc>,
}

type Same = Result<(), String>;

impl Look {
    /// Compares, and binds the placeholders that are new.
    pub(crate) fn compare(&self, exchange: &Exchange, recorded: &Answer, got: Got, ids: &mut Ids) -> Same {
        same("status", recorded.status, got.status)?;
        same("kind", recorded.kind.as_str(), got.kind)?;
        if let Some(location) = &recorded.location {
            let got = got.location.unwrap_or_default();
            bind_segments(location, &got, ids);
            same("location", ids.fill(location), got)?;
        }
        let body = got.body.unwrap_or_default();
        if let Some(begins) = &recorded.begins {
            let begins_so = body.as_str().is_some_and(|text| text.starts_with(begins));
            return if begins_so { Ok(()) } else { Err(format!("does not begin with {begins:?}")) };
        }
        let Some(recorded) = &recorded.body else { return Ok(()) };
        if exchange.arbitrary {
            learn(recorded, &body, ids);
            return Ok(());
        }
        self.values("", recorded, &self.without_nothings(body), ids)
    }

    fn values(&self, path: &str, recorded: &Value, got: &Value, ids: &mut Ids) -> Same {
        match (recorded, got) {
            (Value::Object(recorded), Value::Object(got)) => self.objects(path, recorded, got, ids),
            (Value::Array(recorded), Value::Array(got)) => self.lists(path, recorded, got, ids),
            (Value::String(now), Value::String(got)) if now == "$now" => self.is_now(path, got),
            (Value::String(recorded), Value::String(got)) if path.ends_with("CaseNotes") => {
                same(path, notes(recorded), notes(got))
            }
            (Value::String(text), got) if Ids::name_in(text).is_some() => {
                let name = Ids::name_in(text).unwrap_or_default();
                let bound = got.as_i64().is_some_and(|id| ids.bind(name, id));
                if bound { Ok(()) } else { Err(format!("{path}: {name} is {}, got {got}", ids.fill(text))) }
            }
            (recorded, got) => same(path, recorded, got),
        }
    }

    fn objects(&self, path: &str, recorded: &Map<String, Value>, got: &Map<String, Value>, ids: &mut Ids) -> Same {
        let absent = Value::String("(absent)".to_owned());
        for name in recorded.keys().chain(got.keys().filter(|name| !recorded.contains_key(*name))) {
            let of = |object: &Map<String, Value>| object.get(name).cloned().unwrap_or_else(|| absent.clone());
            self.values(&format!("{path}.{name}"), &of(recorded), &of(got), ids)?;
        }
        Ok(())
    }

    /// Lists hold things with ids, or nothing: their order means nothing.
    fn lists(&self, path: &str, recorded: &[Value], got: &[Value], ids: &mut Ids) -> Same {
        same(&format!("{path}: length"), recorded.len(), got.len())?;
        let mut left: Vec<&Value> = got.iter().collect();
        left.sort_by_key(|item| item["Id"].as_i64());
        for (place, item) in recorded.iter().enumerate() {
            let path = format!("{path}[{place}]");
            let mut tries = left.iter().enumerate().map(|(place, got)| {
                let mut ids = ids.clone();
                self.values(&path, item, got, &mut ids).map(|()| (place, ids))
            });
            let found =
                tries.find(Result::is_ok).unwrap_or_else(|| Err(format!("{path}: no such item in {left:?}")))?;
            *ids = found.1;
            left.remove(found.0);
        }
        Ok(())
    }

    fn is_now(&self, path: &str, got: &str) -> Same {
        let micro = TimeDelta::microseconds(1);
        let since = self.since.duration_trunc(micro).map_err(|error| error.to_string())?.naive_utc();
        let time: NaiveDateTime = got.parse().map_err(|_| format!("{path}: {got} is no time"))?;
        let is_now = since <= time && time <= Utc::now().naive_utc();
        if is_now { Ok(()) } else { Err(format!("{path}: {got} is not now")) }
    }

    /// Without nulls and empty lists, where the recordings leave them out.
    fn without_nothings(&self, body: Value) -> Value {
        match body {
            Value::Array(items) => items.into_iter().map(|item| self.without_nothings(item)).collect(),
            Value::Object(mut object) => {
                if self.sparse || object.contains_key("HelpRequestCalls") {
                    object.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
                }
                Value::Object(object)
            }
            other => other,
        }
    }
}

fn same<T: PartialEq + Debug>(what: &str, recorded: T, got: T) -> Same {
    if recorded == got { Ok(()) } else { Err(format!("{what}: {recorded:?} was recorded, got {got:?}")) }
}

/// The notes in `[a, b]`, in any order.
fn notes(joined: &str) -> Vec<&str> {
    let mut notes: Vec<&str> = joined.trim_start_matches('[').trim_end_matches(']').split(", ").collect();
    notes.sort_unstable();
    notes
}

fn bind_segments(recorded: &str, got: &str, ids: &mut Ids) {
    for (recorded, got) in recorded.split('/').zip(got.split('/')) {
        if let (Some(name), Ok(id)) = (Ids::name_in(recorded), got.parse()) {
            ids.bind(name, id);
        }
    }
}

/// Binds what is new, and compares nothing.
fn learn(recorded: &Value, got: &Value, ids: &mut Ids) {
    for (name, value) in recorded.as_object().into_iter().flatten() {
        if let (Some(name), Some(id)) = (value.as_str().and_then(Ids::name_in), got[name].as_i64()) {
            ids.bind(name, id);
        }
    }
}
