//! The notices to the data team, as a subscriber gets them.

use aws_sdk_sqs::types::QueueAttributeName;
use local_stack::Stack;
use serde_json::Value;

/// A notice.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// A queue that gets them all.
pub(crate) struct Subscription {
    sqs: aws_sdk_sqs::Client,
    queue: String,
}

impl Subscription {
    /// Subscribes a queue of its own.
    pub(crate) async fn to(stack: &Stack) -> Self {
        let sqs = aws_sdk_sqs::Client::new(&stack.aws);
        let made = sqs.create_queue().queue_name("subscriber").send().await.expect("a queue");
        let queue = made.queue_url.expect("its URL");
        let arn = QueueAttributeName::QueueArn;
        let attributes = sqs.get_queue_attributes().queue_url(&queue).attribute_names(arn.clone()).send().await;
        let arn = attributes.expect("the attributes").attributes.and_then(|mut all| all.remove(&arn)).expect("the ARN");
        let subscribe = aws_sdk_sns::Client::new(&stack.aws).subscribe().topic_arn(&stack.endpoints.notices_topic);
        subscribe.protocol("sqs").endpoint(arn).send().await.expect("subscribed");
        Self { sqs, queue }
    }

    /// The notices that have come, once they are as many as this.
    pub(crate) async fn received(&self, at_least: usize) -> Vec<Notice> {
        let mut all = Vec::new();
        let come = async {
            while all.len() < at_least {
                let request = self.sqs.receive_message().queue_url(&self.queue).max_number_of_messages(10);
                let answer = request.wait_time_seconds(1).send().await.expect("an answer");
                for message in answer.messages.unwrap_or_default() {
                    let receipt = message.receipt_handle.expect("a receipt");
                    let delete = self.sqs.delete_message().queue_url(&self.queue).receipt_handle(receipt);
                    delete.send().await.expect("deleted");
                    let envelope: Value = serde_json::from_str(&message.body.expect("a body")).expect("JSON");
                    let field = |name: &str| envelope[name].as_str().expect("a text").to_owned();
                    all.push(Notice { subject: field("Subject"), text: field("Message") });
                }
            }
        };
        let given_up = tokio::time::timeout(crate::common::PATIENCE, come).await.is_err();
        assert!(!given_up, "{} of {at_least} notices came", all.len());
        all
    }
}
