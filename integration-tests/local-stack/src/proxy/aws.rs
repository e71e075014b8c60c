//! AWS's answers when something goes wrong, and batches that are done in part.

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::{Response, StatusCode};
use serde_json::{Map, Value, json};

use super::answer::{Body, Closed, whole};
use super::call::Call;
use super::fate::Refusal;

const JSON: &str = "application/x-amz-json-1.0";
/// The longest delay of a message that is shuffled, in seconds.
const DELAY: usize = 3;

/// The answer to a call that is not made.
pub(super) fn refusal(refusal: Refusal, call: &Call, request: &[u8]) -> Response<Body> {
    let is_sqs = is_sqs(call);
    let (status, code) = match refusal {
        Refusal::Throttled if is_sqs => (StatusCode::SERVICE_UNAVAILABLE, "com.amazonaws.sqs#ServiceUnavailable"),
        // Every other of DynamoDB's throttled writes is the table's or the partition's own limit.
        Refusal::Throttled if call.operation == "UpdateItem" => (StatusCode::BAD_REQUEST, THROUGHPUT),
        Refusal::Throttled => (StatusCode::BAD_REQUEST, "com.amazon.coral.availability#ThrottlingException"),
        Refusal::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        Refusal::Conflict => {
            return answer(StatusCode::BAD_REQUEST, &conflict(request));
        }
    };
    answer(status, &json!({ "__type": code, "message": "injected by chaos" }))
}

const THROUGHPUT: &str = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";

/// One item of the transaction was in another one: which, stands in the reasons.
fn conflict(request: &[u8]) -> Value {
    let request: Value = serde_json::from_slice(request).unwrap_or_default();
    let items = request["TransactItems"].as_array().map_or(1, Vec::len);
    let mut reasons = vec![json!({ "Code": "None" }); items];
    if let Some(last) = reasons.last_mut() {
        *last = json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" });
    }
    json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
        "CancellationReasons": reasons,
    })
}

/// The first half of a batch (at least one entry), and what is left of it in the form of the answer.
pub(super) fn split(call: &Call, body: &[u8]) -> (Bytes, Value) {
    let mut request: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut left = Map::new();
    if is_sqs(call) {
        let rest = request["Entries"].as_array_mut().map(second_half).unwrap_or_default();
        let failed = rest.iter().map(|entry| {
            json!({ "Id": entry["Id"], "SenderFault": false, "Code": "ServiceUnavailable", "Message": "injected by chaos" })
        });
        left.insert("Failed".to_owned(), failed.collect());
    } else {
        let mut rest = Map::new();
        for (table, items) in request["RequestItems"].as_object_mut().into_iter().flatten() {
            // A batch of writes is a list, a batch of reads an object with keys beside how they are read.
            let mut later = items.clone();
            let list = if items.is_array() { &mut *items } else { &mut items["Keys"] };
            let unprocessed = list.as_array_mut().map(second_half).unwrap_or_default();
            if unprocessed.is_empty() {
                continue;
            }
            let place = if later.is_array() { &mut later } else { &mut later["Keys"] };
            *place = Value::Array(unprocessed);
            rest.insert(table.clone(), later);
        }
        let name = if call.operation == "BatchGetItem" { "UnprocessedKeys" } else { "UnprocessedItems" };
        left.insert(name.to_owned(), Value::Object(rest));
    }
    (request.to_string().into(), Value::Object(left))
}

/// The answer to a half with the other half handed back.
pub(super) async fn with_left(answered: Response<Body>, call: &Call, left: Value) -> Result<Response<Body>, Closed> {
    let (parts, body) = answered.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    let mut said: Value = serde_json::from_slice(&body).map_err(|_| Closed)?;
    if !parts.status.is_success() {
        return Ok(answer(parts.status, &said));
    }
    for (name, value) in left.as_object().into_iter().flatten() {
        match (is_sqs(call), said[name].as_array_mut(), value.as_array()) {
            (true, Some(there), Some(more)) => there.extend(more.iter().cloned()),
            _ => said[name] = value.clone(),
        }
    }
    Ok(answer(parts.status, &said))
}

/// A batch of messages turned round, each with another delay.
pub(super) fn shuffled(body: &[u8]) -> Bytes {
    let mut request: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(entries) = request["Entries"].as_array_mut() {
        entries.reverse();
        for (place, entry) in entries.iter_mut().enumerate() {
            entry["DelaySeconds"] = (place % (DELAY + 1)).into();
        }
    }
    request.to_string().into()
}

/// True if a call is one of DynamoDB's, which tells what it uses up.
pub(super) fn is_charged(headers: &HeaderMap) -> bool {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    target.is_some_and(|target| target.starts_with("DynamoDB_"))
}

/// A call that asks what it uses up.
pub(super) fn asks_for_units(body: &[u8]) -> Bytes {
    let mut request: Value = serde_json::from_slice(body).unwrap_or_default();
    request["ReturnConsumedCapacity"] = "TOTAL".into();
    request.to_string().into()
}

fn second_half(entries: &mut Vec<Value>) -> Vec<Value> {
    entries.split_off(entries.len().div_ceil(2))
}

fn is_sqs(call: &Call) -> bool {
    call.operation.contains("Message")
}

fn answer(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(whole(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(JSON));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::Service;

    fn call(operation: &str) -> Call {
        Call { function: "splitter", service: Service::Aws, operation: operation.to_owned() }
    }

    fn halves(operation: &str, request: &Value) -> (Value, Value) {
        let (sent, left) = split(&call(operation), request.to_string().as_bytes());
        (serde_json::from_slice(&sent).expect("JSON"), left)
    }

    #[test]
    fn a_batch_of_writes_loses_nothing_when_it_is_halved() {
        let (sent, left) = halves("BatchWriteItem", &json!({ "RequestItems": { "t": [1, 2, 3] } }));
        assert_eq!(sent, json!({ "RequestItems": { "t": [1, 2] } }));
        assert_eq!(left, json!({ "UnprocessedItems": { "t": [3] } }));
        let (sent, left) = halves("BatchWriteItem", &json!({ "RequestItems": { "t": [1] } }));
        assert_eq!((sent, left), (json!({ "RequestItems": { "t": [1] } }), json!({ "UnprocessedItems": {} })));
    }

    #[test]
    fn a_batch_of_reads_keeps_how_it_is_read() {
        let request = json!({ "RequestItems": { "t": { "Keys": [1, 2], "ConsistentRead": true } } });
        let (sent, left) = halves("BatchGetItem", &request);
        assert_eq!(sent, json!({ "RequestItems": { "t": { "Keys": [1], "ConsistentRead": true } } }));
        assert_eq!(left, json!({ "UnprocessedKeys": { "t": { "Keys": [2], "ConsistentRead": true } } }));
    }

    #[test]
    fn messages_that_are_not_sent_are_told_by_their_ids() {
        let (sent, left) = halves("SendMessageBatch", &json!({ "Entries": [{ "Id": "0" }, { "Id": "1" }] }));
        assert_eq!(sent, json!({ "Entries": [{ "Id": "0" }] }));
        assert_eq!(left["Failed"][0]["Id"], "1");
    }

    #[test]
    fn shuffling_keeps_every_message() {
        let request = json!({ "Entries": [{ "Id": "0" }, { "Id": "1" }] });
        let turned: Value = serde_json::from_slice(&shuffled(request.to_string().as_bytes())).expect("JSON");
        assert_eq!(turned, json!({ "Entries": [{ "Id": "1", "DelaySeconds": 0 }, { "Id": "0", "DelaySeconds": 1 }] }));
    }

    #[test]
    fn a_conflict_has_a_reason_for_every_item() {
        let reasons = conflict(json!({ "TransactItems": [1, 2, 3] }).to_string().as_bytes());
        assert_eq!(reasons["CancellationReasons"].as_array().map(Vec::len), Some(3));
    }
}
