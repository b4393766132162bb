//! Lines to the server of the tests that break, and servers that are none. Nothing here asserts
//! anything.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    thread,
};

/// The socket of the server at an address.
fn socket(url: &str) -> String {
    let (_, host) = url.split_once("host=").unwrap();
    let folder = host.split('&').next().unwrap().replace("%2F", "/");
    format!("{folder}/.s.PGSQL.5432")
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
pub(crate) fn breaking(url: &str, how: Break) -> String {
    let socket = socket(url);
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
