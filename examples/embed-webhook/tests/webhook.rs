//! What is posted passes the check of an implementation that is not ours, and what the receiver
//! answers decides what becomes of the delivery.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says so by failing")]

use std::sync::Arc;

use embed_webhook::WebhookCourier;
use hexacase::{
    engine::{Courier, CourierError},
    store::{Content, Delivery, DeliveryState, Message, PostId},
    terms::{
        id::{CaseId, MessageId},
        time::Timestamp,
    },
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn delivery() -> Delivery {
    let message = Message {
        id: MessageId::from_bytes([7; 16]),
        case: CaseId::from_bytes([1; 16]),
        seq: 3,
        kind: "handoff".to_owned(),
        content: json!({ "到": "镇" }),
        recorded_at: Timestamp::from_millis(1_772_413_200_000),
    };
    Delivery {
        id: PostId::of_message(message.id),
        lane: [1; 16],
        state: DeliveryState::Pending,
        attempts: 1,
        fence: 1,
        due_at: message.recorded_at,
        settled_at: None,
        problem: None,
        content: Content::Message(message),
    }
}

/// Takes one request and answers with this status; gives its headers and body.
async fn receive(listener: &TcpListener, status: &str) -> (http::HeaderMap, Vec<u8>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    let (head, length) = loop {
        stream.read_buf(&mut bytes).await.unwrap();
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut headers = http::HeaderMap::new();
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").unwrap();
            let name: http::HeaderName = name.parse().unwrap();
            headers.insert(name, value.parse().unwrap());
        }
        let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
        bytes.drain(..end + 4);
        break (headers, length);
    };
    while bytes.len() < length {
        stream.read_buf(&mut bytes).await.unwrap();
    }
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
    (head, bytes)
}

async fn post(status: &'static str) -> (Result<(), CourierError>, http::HeaderMap, Vec<u8>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let courier: Arc<dyn Courier> = Arc::new(WebhookCourier::new(url, SECRET).unwrap());
    let posting = tokio::spawn(async move { courier.deliver(&delivery()).await });
    let (headers, body) = receive(&listener, status).await;
    (posting.await.unwrap(), headers, body)
}

#[tokio::test]
async fn what_is_posted_passes_another_implementations_check() {
    let (answer, headers, body) = post("204 No Content").await;
    assert_eq!(answer, Ok(()));
    let other = standardwebhooks::Webhook::new(SECRET).unwrap();
    other.verify(&body, &headers).unwrap();
    let said: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(said["type"], "case.handoff");
    assert_eq!(said["data"]["content"], json!({ "到": "镇" }));
    assert_eq!(headers["webhook-id"], "message_07070707-0707-0707-0707-070707070707");
    // One byte changed, and it does not pass any more.
    let mut forged = body.clone();
    forged[10] ^= 1;
    assert!(other.verify(&forged, &headers).is_err());
}

#[tokio::test]
async fn what_the_receiver_answers_decides() {
    for (status, again) in
        [("500 Oops", true), ("404 Not Found", true), ("302 Found", true), ("410 Gone", false)]
    {
        let (answer, ..) = post(status).await;
        let answer = answer.unwrap_err();
        assert_eq!(matches!(answer, CourierError::NotNow(_)), again, "{answer}");
    }
    // Nobody listens.
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    drop(listener);
    let courier = WebhookCourier::new(url, SECRET).unwrap();
    let answer = courier.deliver(&delivery()).await.unwrap_err();
    assert!(matches!(answer, CourierError::NotNow(_)), "{answer}");
}

#[test]
fn a_secret_that_is_none_is_refused_and_never_shown() {
    for bad in ["", "whsec_", "whsec_%%%", "whsec_c2hvcnQ="] {
        let problem = WebhookCourier::new("http://localhost/", bad).unwrap_err();
        assert!(problem.contains("24 to 64 bytes"), "{problem}");
    }
    let shown = format!("{:?}", WebhookCourier::new("http://localhost/", SECRET).unwrap());
    assert!(!shown.contains("MfKQ"), "{shown}");
}
