//! Runs a worker on a county's database: sweeps, takes the inbox, and posts what the cases tell to a
//! URL, until Ctrl-C.
//!
//! `embed-webhook FILE URL` with the secret in `WEBHOOK_SECRET`.

use std::{env, error::Error, sync::Arc, time::Duration};

use embed_webhook::WebhookCourier;
use hexacase::{county, engine::WorkerOptions};
use hexacase_sqlite::{SqliteOptions, SqliteStore};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, url] = arguments.as_slice() else {
        return Err("embed-webhook FILE URL, with the secret in WEBHOOK_SECRET".into());
    };
    let secret = env::var("WEBHOOK_SECRET").map_err(|_| "WEBHOOK_SECRET is not set")?;
    let courier = WebhookCourier::new(url, &secret)?;
    let store = SqliteStore::connect(SqliteOptions::new(file)).await?;
    let setup = county::setup(store.clone()).map_err(|problems| format!("{problems:?}"))?;
    let engine = setup.open().await?;

    let worker = engine
        .run_worker(WorkerOptions { courier: Some(Arc::new(courier)), ..WorkerOptions::default() });
    println!("运行中，按 Ctrl-C 停止 running until Ctrl-C");
    let mut told = worker.health();
    loop {
        tokio::select! {
            ended = tokio::signal::ctrl_c() => {
                ended?;
                break;
            }
            () = tokio::time::sleep(Duration::from_millis(200)) => {
                let health = worker.health();
                let counts = (health.sweep.done, health.inbox.done, health.outbox.done);
                if counts != (told.sweep.done, told.inbox.done, told.outbox.done) {
                    println!(
                        "提醒 rungs {}，收件箱 commands {}，投递 attempts {}",
                        counts.0, counts.1, counts.2
                    );
                }
                if !health.is_well() && told.is_well() {
                    println!("有故障，继续重试 something fails and is tried again: {health:?}");
                }
                told = health;
            }
        }
    }
    worker.stop().await;
    store.close().await?;
    println!("已停止 stopped");
    Ok(())
}
