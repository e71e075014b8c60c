//! The identities of a resident and of a request: what a poster must hold before it talks to the API, so
//! that no two posters talk about the same resident or request at once.

use serde_json::Value;

use crate::request::HelpRequest;

/// The ids in the metadata by which the API finds a request again (A.8, step 3), by their kind.
pub(crate) const METADATA_IDS: [(&str, &str); 3] =
    [("nsss", "nsss_id"), ("spl", "spl_id"), (GENERIC, "generic_ingestion_id")];

/// One among the requests of one resident; the others are looked up among all.
const GENERIC: &str = "generic";

/// One identity, as the API compares it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// `ctas`, `names`, `nhs`, `nsss` or `spl`.
    pub kind: &'static str,
    /// The value that the API looks up. Personal data: only a hash of it is stored.
    pub value: String,
}

/// The identities by which the API may find the resident or the request (docs/contract/here-to-help-api.md, A.8):
/// sorted, none twice.
///
/// Every lookup of a resident but that by NHS number needs both names, and a generic request is looked up
/// among one resident's only: the names cover those.
pub fn identities(request: &HelpRequest) -> Vec<Identity> {
    let found = [
        ("ctas", ctas_id(request)),
        ("names", names(request)),
        ("nhs", request.nhs_number.as_ref().map(|number| number.as_str().to_owned())),
    ];
    let ids = METADATA_IDS.iter().filter(|(kind, _)| *kind != GENERIC).map(|(kind, id)| (*kind, metadata(request, id)));
    found.into_iter().chain(ids).filter_map(|(kind, value)| Some(Identity { kind, value: value? })).collect()
}

/// The key by which the API finds a row's request again (A.8, step 3): a generic one only among its resident's.
pub fn request_key(request: &HelpRequest) -> Option<Identity> {
    let generic = metadata(request, "generic_ingestion_id").map(|value| Identity { kind: GENERIC, value });
    identities(request).into_iter().find(|identity| !matches!(identity.kind, "names" | "nhs")).or(generic)
}

/// The API's own normal form: trimmed and in upper case; inner blanks, hyphens and accents matter.
fn names(request: &HelpRequest) -> Option<String> {
    let normal = |name: &Option<String>| {
        let name = name.as_deref()?.trim().to_uppercase();
        (!name.is_empty()).then_some(name)
    };
    Some(format!("{}\n{}", normal(&request.first_name)?, normal(&request.last_name)?))
}

/// Exact and case-sensitive id, need in upper case, over all residents.
fn ctas_id(request: &HelpRequest) -> Option<String> {
    let id = request.nhs_ctas_id.as_deref().filter(|id| !id.is_empty())?;
    let need = request.help_needed.as_deref().unwrap_or_default();
    Some(format!("{id}\n{}", need.to_uppercase()))
}

fn metadata(request: &HelpRequest, key: &str) -> Option<String> {
    request.metadata.get(key).and_then(Value::as_str).filter(|id| !id.is_empty()).map(ToOwned::to_owned)
}

debug_only!(Identity { kind });

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_lookup_of_the_api_has_its_identity() {
        let cases = [
            (json!({}), vec![]),
            (json!({"NhsNumber": "943 476 5919"}), vec!["nhs:9434765919"]),
            (json!({"FirstName": " Ann ", "LastName": "O'Neil"}), vec!["names:ANN\nO'NEIL"]),
            (json!({"FirstName": "Ann"}), vec![]),
            (json!({"FirstName": "Ann", "LastName": " "}), vec![]),
            (json!({"NhsCtasId": "12e7a", "HelpNeeded": "Contact Tracing"}), vec!["ctas:12e7a\nCONTACT TRACING"]),
            (json!({"Metadata": {"nsss_id": "0012"}}), vec!["nsss:0012"]),
            (json!({"Metadata": {"generic_ingestion_id": "EUSS"}}), vec![]),
            (
                json!({"NhsNumber": "9434765919", "FirstName": "Ann", "LastName": "Lee", "NhsCtasId": "7",
                       "HelpNeeded": "Welfare Call", "Metadata": {"spl_id": "9434765919", "date_tested": "x"}}),
                vec!["ctas:7\nWELFARE CALL", "names:ANN\nLEE", "nhs:9434765919", "spl:9434765919"],
            ),
        ];
        for (request, keys) in cases {
            let found =
                identities(&of(&request)).into_iter().map(|identity| format!("{}:{}", identity.kind, identity.value));
            assert_eq!(found.collect::<Vec<_>>(), keys, "{request}");
        }
    }

    #[test]
    fn one_person_in_two_feeds_and_two_spellings_under_one_id_meet() {
        let tracing =
            of(&json!({"FirstName": "Ann", "LastName": "Lee", "NhsCtasId": "7", "HelpNeeded": "Welfare Call"}));
        let generic = of(&json!({"FirstName": "ANN", "LastName": "lee", "Metadata": {"generic_ingestion_id": "EUSS"}}));
        let misspelt =
            of(&json!({"FirstName": "Anne", "LastName": "Lee", "NhsCtasId": "7", "HelpNeeded": "welfare call"}));
        assert!(meet(&tracing, &generic));
        assert!(meet(&tracing, &misspelt));
        assert!(!meet(&generic, &misspelt));
    }

    #[test]
    fn the_same_ctas_id_for_another_need_is_another_request() {
        let tracing = of(&json!({"NhsCtasId": "7", "HelpNeeded": "Contact Tracing"}));
        let welfare = of(&json!({"NhsCtasId": "7", "HelpNeeded": "Welfare Call"}));
        assert!(!meet(&tracing, &welfare));
    }

    #[test]
    fn the_value_is_not_printed() {
        let printed = format!("{:?}", identities(&of(&json!({"FirstName": "Ann", "LastName": "Lee"}))));
        insta::assert_snapshot!(printed, @r#"[Identity { kind: "names", .. }]"#);
    }

    fn meet(one: &HelpRequest, other: &HelpRequest) -> bool {
        let others = identities(other);
        identities(one).iter().any(|identity| others.contains(identity))
    }

    fn of(request: &Value) -> HelpRequest {
        serde_json::from_value(request.clone()).expect("a request in the API's words")
    }
}
