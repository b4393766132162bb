//! A TCP port on the loopback for a server on a socket: for clients that know no sockets, and to cut
//! connections.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on is to stop"
)]

use std::{path::PathBuf, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::JoinHandle,
};

/// After how much of what clients send their connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Never.
    Never,
    /// After so many bytes of the client, before the rest is handed on.
    Client(u64),
    /// After so many bytes of the server, before the rest is handed on.
    Server(u64),
}

/// A proxy, until it is dropped.
#[derive(Debug)]
pub struct Proxy {
    /// Its port.
    pub port: u16,
    cut: Arc<watch::Sender<Cut>>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// A proxy for the server at this socket.
    pub async fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (cut, watched) = watch::channel(Cut::Never);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let cut = *watched.borrow();
                tokio::spawn(carry(client, socket.clone(), cut));
            }
        });
        Self { port, cut: Arc::new(cut), task }
    }

    /// Cuts connections that are made from now on.
    pub fn cut(&self, cut: Cut) {
        self.cut.send_replace(cut);
    }
}

async fn carry(client: TcpStream, socket: PathBuf, cut: Cut) {
    let Ok(server) = UnixStream::connect(&socket).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let (client_cut, server_cut) = match cut {
        Cut::Never => (u64::MAX, u64::MAX),
        Cut::Client(bytes) => (bytes, u64::MAX),
        Cut::Server(bytes) => (u64::MAX, bytes),
    };
    // The first of the two directions that ends, ends both.
    tokio::select! {
        () = copy(from_client, to_server, client_cut) => {}
        () = copy(from_server, to_client, server_cut) => {}
    }
}

async fn copy(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut left: u64) {
    let mut bytes = vec![0; 16 * 1_024];
    while let Ok(count) = from.read(&mut bytes).await {
        let count_u64 = u64::try_from(count).unwrap_or(u64::MAX);
        let passed = usize::try_from(count_u64.min(left)).unwrap_or(count);
        let Some(passing) = bytes.get(..passed).filter(|passing| !passing.is_empty()) else {
            return;
        };
        if to.write_all(passing).await.is_err() || passed < count {
            return;
        }
        left = left.saturating_sub(count_u64);
    }
}
