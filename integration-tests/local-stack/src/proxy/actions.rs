//! The right that a call to AWS needs: IAM's action and the resource, read off the request.

use hyper::Method;
use hyper::header::HeaderMap;
use serde_json::Value;

/// An action of IAM, such as `dynamodb:PutItem`, and what it is done to.
pub(super) type Action = (String, String);

/// The actions of a call. One that is not understood is an action that no role allows, so that nothing is overlooked.
pub(super) fn of(method: &Method, path: &str, headers: &HeaderMap, body: &[u8]) -> Vec<Action> {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let request = || serde_json::from_slice::<Value>(body).unwrap_or_default();
    match target.and_then(|target| target.split_once('.')) {
        Some((service, operation)) if service.starts_with("DynamoDB") => dynamodb(operation, &request()),
        Some(("AmazonSQS", operation)) => vec![sqs(operation, &request())],
        Some(("AmazonSSM", operation)) => vec![(format!("ssm:{operation}"), text(&request()["Name"]))],
        Some((service, operation)) => vec![(format!("{service}:{operation}"), "unknown".to_owned())],
        None if path.contains("/event-source-mappings") => vec![mapping(method, path)],
        None => vec![query(method, path, body)],
    }
}

/// A batch and a transaction need the rights of their parts' tables; a transaction's parts are actions of their own.
fn dynamodb(operation: &str, request: &Value) -> Vec<Action> {
    let action = |name: &str| format!("dynamodb:{name}");
    if let Some(parts) = request["TransactItems"].as_array() {
        let parts = parts.iter().flat_map(|part| part.as_object().into_iter().flatten());
        return parts
            .map(|(part, what)| {
                let name =
                    if part == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{part}Item") };
                (action(&name), text(&what["TableName"]))
            })
            .collect();
    }
    if let Some(tables) = request["RequestItems"].as_object() {
        return tables.keys().map(|table| (action(operation), table.clone())).collect();
    }
    let table = text(&request["TableName"]);
    let resource =
        request["IndexName"].as_str().map_or_else(|| table.clone(), |index| format!("{table}/index/{index}"));
    vec![(action(operation), resource)]
}

/// A batch needs the right of one message.
fn sqs(operation: &str, request: &Value) -> Action {
    let queue = text(&request["QueueUrl"]);
    let queue = queue.rsplit('/').next().unwrap_or_default();
    (format!("sqs:{}", operation.trim_end_matches("Batch")), queue.to_owned())
}

fn mapping(method: &Method, path: &str) -> Action {
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let is_one = !path.ends_with("/event-source-mappings");
    match (method, is_one) {
        (&Method::GET, false) => ("lambda:ListEventSourceMappings".to_owned(), "*".to_owned()),
        (&Method::GET, true) => ("lambda:GetEventSourceMapping".to_owned(), "event-source-mapping".to_owned()),
        (&Method::PUT, true) => ("lambda:UpdateEventSourceMapping".to_owned(), "event-source-mapping".to_owned()),
        _ => (format!("lambda:{method}"), "event-source-mapping".to_owned()),
    }
}

/// SNS speaks in forms.
fn query(method: &Method, path: &str, body: &[u8]) -> Action {
    let form = reqwest::Url::parse(&format!("http://form/?{}", String::from_utf8_lossy(body))).ok();
    let field = |name: &str| {
        let mut fields = form.iter().flat_map(|form| form.query_pairs());
        fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    match (field("Action"), field("TopicArn")) {
        (Some(action), Some(topic)) => {
            (format!("sns:{action}"), topic.rsplit(':').next().unwrap_or_default().to_owned())
        }
        _ => (format!("unknown:{method}"), path.to_owned()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn json_call(target: &str, request: &Value) -> Vec<Action> {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", target.parse().expect("a header"));
        of(&Method::POST, "/", &headers, request.to_string().as_bytes())
    }

    fn rest_call(method: &Method, path: &str, body: &str) -> Vec<Action> {
        of(method, path, &HeaderMap::new(), body.as_bytes())
    }

    fn action(action: &str, resource: &str) -> Action {
        (action.to_owned(), resource.to_owned())
    }

    #[test]
    fn a_transaction_needs_the_rights_of_its_parts() {
        let request = json!({ "TransactItems": [
            { "Update": { "TableName": "t" } },
            { "ConditionCheck": { "TableName": "t" } },
        ] });
        let parts = [action("dynamodb:UpdateItem", "t"), action("dynamodb:ConditionCheckItem", "t")];
        assert_eq!(json_call("DynamoDB_20120810.TransactWriteItems", &request), parts);
    }

    #[test]
    fn an_index_is_a_resource_of_its_own() {
        let request = json!({ "TableName": "t", "IndexName": "lists" });
        assert_eq!(json_call("DynamoDB_20120810.Query", &request), [action("dynamodb:Query", "t/index/lists")]);
        let request = json!({ "RequestItems": { "t": [] } });
        assert_eq!(json_call("DynamoDB_20120810.BatchWriteItem", &request), [action("dynamodb:BatchWriteItem", "t")]);
    }

    #[test]
    fn a_batch_of_messages_needs_the_right_of_one() {
        let request = json!({ "QueueUrl": "http://127.0.0.1:1/000000000000/rows" });
        assert_eq!(json_call("AmazonSQS.SendMessageBatch", &request), [action("sqs:SendMessage", "rows")]);
    }

    #[test]
    fn lambda_and_sns_are_told_by_path_and_form() {
        let mappings = "/2015-03-31/event-source-mappings";
        let list = rest_call(&Method::GET, &format!("{mappings}?FunctionName=poster"), "");
        assert_eq!(list, [action("lambda:ListEventSourceMappings", "*")]);
        let update = rest_call(&Method::PUT, &format!("{mappings}/1-2"), "{}");
        assert_eq!(update, [action("lambda:UpdateEventSourceMapping", "event-source-mapping")]);
        let publish = rest_call(&Method::POST, "/", "Action=Publish&TopicArn=arn%3Aaws%3Asns%3Ax%3A0%3Anotices");
        assert_eq!(publish, [action("sns:Publish", "notices")]);
    }

    #[test]
    fn what_is_not_understood_is_no_action_that_a_role_allows() {
        assert_eq!(rest_call(&Method::DELETE, "/else", ""), [action("unknown:DELETE", "/else")]);
        assert_eq!(json_call("Other.Call", &json!({})), [action("Other:Call", "unknown")]);
    }
}
