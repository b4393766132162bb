//! A TCP port on the loopback for a server on a socket: for clients that know no sockets, and to cut
//! connections.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on is to stop"
)]

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    task::JoinHandle,
};

/// Which connection is cut, and after how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// None.
    Never,
    /// After so many bytes of the client, before the rest is handed on.
    Client {
        /// Which connection, counted from the call of [`Proxy::cut`].
        connection: usize,
        /// After how many bytes.
        bytes: u64,
    },
    /// After so many bytes of the server, before the rest is handed on.
    Server {
        /// Which connection, counted from the call of [`Proxy::cut`].
        connection: usize,
        /// After how many bytes.
        bytes: u64,
    },
}

/// What one connection carried, in bytes.
#[derive(Debug, Default)]
pub struct Carried {
    /// From the client.
    pub client: AtomicU64,
    /// From the server.
    pub server: AtomicU64,
}

/// What is to be cut, and the connections since that was said.
#[derive(Debug)]
struct Plan {
    cut: Cut,
    connections: Vec<Arc<Carried>>,
}

/// A proxy, until it is dropped.
#[derive(Debug)]
pub struct Proxy {
    /// Its port.
    pub port: u16,
    plan: Arc<Mutex<Plan>>,
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
        let plan = Arc::new(Mutex::new(Plan { cut: Cut::Never, connections: Vec::new() }));
        let shared = Arc::clone(&plan);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let carried = Arc::<Carried>::default();
                let limits = {
                    let mut plan = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    plan.connections.push(Arc::clone(&carried));
                    limits(plan.cut, plan.connections.len() - 1)
                };
                tokio::spawn(carry(client, socket.clone(), limits, carried));
            }
        });
        Self { port, plan, task }
    }

    /// Cuts a connection that is made from now on, and forgets those before.
    pub fn cut(&self, cut: Cut) {
        let mut plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        *plan = Plan { cut, connections: Vec::new() };
    }

    /// What each connection carried since the last call of [`cut`](Self::cut): from its client, from
    /// the server.
    #[must_use]
    pub fn carried(&self) -> Vec<(u64, u64)> {
        let plan = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = |carried: &Arc<Carried>| {
            (carried.client.load(Ordering::SeqCst), carried.server.load(Ordering::SeqCst))
        };
        plan.connections.iter().map(counts).collect()
    }
}

/// How much a connection may carry.
fn limits(cut: Cut, number: usize) -> (u64, u64) {
    match cut {
        Cut::Client { connection, bytes } if connection == number => (bytes, u64::MAX),
        Cut::Server { connection, bytes } if connection == number => (u64::MAX, bytes),
        Cut::Never | Cut::Client { .. } | Cut::Server { .. } => (u64::MAX, u64::MAX),
    }
}

async fn carry(
    client: TcpStream,
    socket: PathBuf,
    (client_limit, server_limit): (u64, u64),
    carried: Arc<Carried>,
) {
    let Ok(server) = UnixStream::connect(&socket).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // The first of the two directions that ends, ends both.
    tokio::select! {
        () = copy(from_client, to_server, client_limit, &carried.client) => {}
        () = copy(from_server, to_client, server_limit, &carried.server) => {}
    }
}

async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut left: u64,
    carried: &AtomicU64,
) {
    let mut bytes = vec![0; 16 * 1_024];
    while let Ok(count) = from.read(&mut bytes).await {
        let read = u64::try_from(count).unwrap_or(u64::MAX);
        carried.fetch_add(read, Ordering::SeqCst);
        let passed = usize::try_from(read.min(left)).unwrap_or(count);
        let Some(passing) = bytes.get(..passed).filter(|passing| !passing.is_empty()) else {
            return;
        };
        if to.write_all(passing).await.is_err() || passed < count {
            return;
        }
        left = left.saturating_sub(read);
    }
}
