//! The server of the tests, what others do to it, and lines to it that break.

use std::{
    env,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    thread,
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// The address of the server.
pub(crate) fn url() -> String {
    env::var("HEXACASE_POSTGRES").expect(
        "HEXACASE_POSTGRES names no server. Run these tests with one: `tests/postgres run cargo \
         nextest run -p hexacase-pilot`, or all of them: `tests/run`",
    )
}

/// The folder of the server's socket.
fn folder() -> String {
    let url = url();
    let (_, host) = url.split_once("host=").unwrap();
    host.split('&').next().unwrap().replace("%2F", "/")
}

/// The same address with another user, who has a password.
pub(crate) fn url_of(user: &str, password: &str) -> String {
    url().replace("hexacase@", &format!("{user}:{password}@"))
}

/// A connection of somebody else.
pub(crate) async fn stranger() -> PgConnection {
    PgConnection::connect(&url()).await.unwrap()
}

/// Runs statements of somebody else.
pub(crate) async fn run(sql: impl Into<String>) {
    stranger().await.execute(sqlx::raw_sql(AssertSqlSafe(sql.into()))).await.unwrap();
}

/// What a line to the server does when its words come by.
#[derive(Clone, Copy)]
pub(crate) enum Break {
    /// It breaks before they reach the server.
    Before(&'static str),
    /// It breaks once they have reached the server, before the answer.
    After(&'static str),
}

/// A line to the server that breaks, as an address without a schema.
pub(crate) fn breaking(how: Break) -> String {
    let socket = format!("{}/.s.PGSQL.5432", folder());
    listen(move |caller| {
        let server = UnixStream::connect(&socket).unwrap();
        let (mut from, mut to) = (server.try_clone().unwrap(), caller.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut from, &mut to));
        forward(caller, server, how);
    })
}

/// A server that takes calls and never says a word.
pub(crate) fn silent() -> String {
    listen(|mut caller| {
        let mut heard = Vec::new();
        drop(caller.read_to_end(&mut heard));
    })
}

/// A port on which nobody listens.
pub(crate) fn nobody() -> String {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("postgres://hexacase@{address}/postgres")
}

fn listen(answer: impl Fn(TcpStream) + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for caller in listener.incoming() {
            let answer = answer.clone();
            thread::spawn(move || answer(caller.unwrap()));
        }
    });
    format!("postgres://hexacase@{address}/postgres")
}

fn forward(mut caller: TcpStream, mut server: UnixStream, how: Break) {
    let (words, reaches) = match how {
        Break::Before(words) => (words, false),
        Break::After(words) => (words, true),
    };
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = caller.read(&mut buffer) {
        let heard = &buffer[..count];
        let breaks = heard.windows(words.len()).any(|piece| piece == words.as_bytes());
        if breaks {
            drop(caller.shutdown(Shutdown::Both));
        }
        if !breaks || reaches {
            server.write_all(heard).unwrap();
        }
        if breaks {
            // A statement that was heard is carried out although nobody waits for the answer.
            drop(server.shutdown(Shutdown::Write));
            return;
        }
    }
    drop(server.shutdown(Shutdown::Both));
}
