//! Connections that can be cut without an answer: how a lost answer, a dead network and a stopped server look from outside.
//!
//! Serve a router over a [`Door`] with `into_make_service_with_connect_info::<Cut>()`: its handlers get the [`Cut`] of their
//! connection as `ConnectInfo<Cut>`.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Accepts connections that can be cut.
pub struct Door {
    listener: TcpListener,
    handle: Handle,
}

/// A door from outside.
#[derive(Clone, Debug, Default)]
pub struct Handle {
    connections: Arc<AtomicUsize>,
    closed: Arc<AtomicBool>,
}

impl Door {
    /// A door, and a handle on it.
    pub fn new(listener: TcpListener) -> (Self, Handle) {
        let handle = Handle::default();
        (Self { listener, handle: handle.clone() }, handle)
    }
}

impl Handle {
    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Counts the connections from 0 again.
    pub fn count_anew(&self) {
        self.connections.store(0, Ordering::SeqCst);
    }

    /// Ends also the connections that clients keep open.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Without it small answers may wait for the caller's acknowledgement; slower, but not wrong.
        stream.set_nodelay(true).unwrap_or_default();
        self.handle.connections.fetch_add(1, Ordering::SeqCst);
        let cut = Cut { left: Arc::new(AtomicUsize::new(usize::MAX)), closed: Arc::clone(&self.handle.closed) };
        (Line { stream, cut }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// One client's connection.
pub struct Line {
    stream: TcpStream,
    cut: Cut,
}

/// The knife for one connection.
#[derive(Clone)]
pub struct Cut {
    /// How many more bytes are written.
    left: Arc<AtomicUsize>,
    closed: Arc<AtomicBool>,
}

impl Cut {
    /// From now on nothing goes in or out: the answer being written is never seen.
    pub fn cut(&self) {
        self.after(0);
    }

    /// As [`Cut::cut`], after so many bytes more.
    pub fn after(&self, bytes: usize) {
        self.left.store(bytes, Ordering::SeqCst);
    }

    /// How many bytes may be written.
    fn left(&self) -> io::Result<usize> {
        match self.left.load(Ordering::SeqCst) {
            0 => Err(ErrorKind::ConnectionReset.into()),
            _ if self.closed.load(Ordering::SeqCst) => Err(ErrorKind::ConnectionReset.into()),
            left => Ok(left),
        }
    }
}

impl Connected<IncomingStream<'_, Door>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().cut.clone()
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.cut.left()?;
        Pin::new(&mut self.stream).poll_read(context, to)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let left = self.cut.left()?;
        let written = Pin::new(&mut self.stream).poll_write(context, &bytes[..bytes.len().min(left)]);
        if let (Poll::Ready(Ok(count)), true) = (&written, left < usize::MAX) {
            self.cut.after(left - count);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
