//! A courier that posts deliveries to a URL, signed after the Standard Webhooks specification, so
//! that any receiver with one of its libraries can check them 按 Standard Webhooks 规范签名的投递。
//!
//! The receiver tells a repeat by `webhook-id`, which stays the same for every attempt.

use std::time::Duration;

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hexacase::{
    engine::{Courier, CourierError},
    store::{Content, Delivery},
    terms::time::{Clock, SystemClock},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// What the specification puts before a secret.
const SECRET: &str = "whsec_";

/// Posts to one URL.
#[derive(Clone)]
pub struct WebhookCourier {
    url: String,
    secret: Vec<u8>,
    agent: ureq::Agent,
}

impl std::fmt::Debug for WebhookCourier {
    // Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookCourier").field("url", &self.url).finish_non_exhaustive()
    }
}

impl WebhookCourier {
    /// A courier for `url`. The secret is `whsec_` and base64, as both sides keep it.
    ///
    /// # Errors
    /// What is wrong with the secret, without the secret.
    pub fn new(url: impl Into<String>, secret: &str) -> Result<Self, String> {
        let encoded = secret.strip_prefix(SECRET).unwrap_or(secret);
        let secret = STANDARD
            .decode(encoded)
            .ok()
            .filter(|bytes| (24..=64).contains(&bytes.len()))
            .ok_or("the secret must be `whsec_` and 24 to 64 bytes in base64 密钥格式不对")?;
        let verifier = ureq::tls::RootCerts::PlatformVerifier;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(15)))
            .max_redirects(0)
            .http_status_as_error(false)
            .tls_config(ureq::tls::TlsConfig::builder().root_certs(verifier).build())
            .build()
            .new_agent();
        Ok(Self { url: url.into(), secret, agent })
    }

    /// The signature of what is posted: HMAC-SHA256 over id, time and body.
    fn signature(&self, id: &str, seconds: i64, body: &str) -> Result<String, CourierError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret)
            .map_err(|problem| CourierError::Never(problem.to_string()))?;
        mac.update(format!("{id}.{seconds}.{body}").as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// What is posted. Of an answer only its outcome leaves the house: its reason may quote a form.
fn body(delivery: &Delivery) -> Value {
    match &delivery.content {
        Content::Message(message) => json!({
            "type": format!("case.{}", message.kind),
            "timestamp": message.recorded_at,
            "data": { "case": message.case, "entry": message.seq, "content": message.content },
        }),
        Content::Answer(answer) => json!({
            "type": "command.answered",
            "timestamp": answer.answered_at,
            "data": { "command": answer.id, "outcome": answer.outcome },
        }),
    }
}

#[async_trait]
impl Courier for WebhookCourier {
    async fn deliver(&self, delivery: &Delivery) -> Result<(), CourierError> {
        let id = delivery.id.to_string().replace('/', "_");
        let seconds = SystemClock.now().as_millis() / 1_000;
        let body = body(delivery).to_string();
        let request = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", self.signature(&id, seconds, &body)?);
        // The client blocks, and a task must not.
        let answer = tokio::task::spawn_blocking(move || request.send(body)).await;
        let not_now = |problem: String| CourierError::NotNow(problem);
        let answer = answer.map_err(|problem| not_now(problem.to_string()))?;
        let status = answer.map_err(|problem| not_now(problem.to_string()))?.status();
        match status.as_u16() {
            200..=299 => Ok(()),
            // Gone: the receiver says that it wants nothing more.
            410 => Err(CourierError::Never("the receiver is gone (410)".to_owned())),
            other => Err(not_now(format!("the receiver answered {other}"))),
        }
    }
}
