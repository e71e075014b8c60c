//! The formats of cells, of which only how they show numbers is kept.

use std::collections::HashMap;
use std::sync::Arc;

use super::number_format::NumberFormat;
use super::xml::Xml;
use crate::error::ReadError;

/// How numbers are shown, by the number of a cell's style. Without the part every number is plain.
#[derive(Default)]
pub(super) struct Styles(Vec<Option<Arc<NumberFormat>>>);

impl Styles {
    pub(super) fn read(xml: &mut Xml<'_>) -> Result<Self, ReadError> {
        let mut codes: HashMap<u32, String> = HashMap::new();
        let mut ids = Vec::new();
        xml.child()?;
        while let Some(tag) = xml.child()? {
            let are_styles = tag.name == "cellXfs";
            if !are_styles && tag.name != "numFmts" {
                xml.skip()?;
                continue;
            }
            while let Some(tag) = xml.child()? {
                let id = tag.attribute("numFmtId").and_then(|id| id.trim().parse().ok()).unwrap_or(0);
                if are_styles {
                    ids.push(id);
                } else if let Some(code) = tag.attribute("formatCode") {
                    codes.insert(id, code.into_owned());
                }
                xml.skip()?;
            }
        }
        let mut formats = HashMap::new();
        let format = |id: u32| {
            let new = || NumberFormat::new(id, codes.get(&id).map(String::as_str)).map(Arc::new);
            formats.entry(id).or_insert_with(new).clone()
        };
        Ok(Self(ids.into_iter().map(format).collect()))
    }

    /// `None`: the number is shown as it is.
    pub(super) fn format(&self, style: usize) -> Option<&NumberFormat> {
        self.0.get(style)?.as_deref()
    }
}
