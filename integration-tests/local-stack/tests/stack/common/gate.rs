//! A gate before the Here to Help API.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Between the posters and the API; while it is shut, nobody is reached.
pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    /// Where it leads to from when it is opened next.
    pub(crate) to: SocketAddr,
    open: Option<JoinSet<()>>,
}

impl Gate {
    pub(crate) async fn open_to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut gate = Self { address, to, open: None };
        gate.serve(listener);
        gate
    }

    pub(crate) async fn open(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the same port");
        self.serve(listener);
    }

    /// Refuses connections, and breaks those that there are.
    pub(crate) async fn shut(&mut self) {
        self.open.take().expect("it is open").shutdown().await;
    }

    fn serve(&mut self, listener: TcpListener) {
        let to = self.to;
        let mut open = JoinSet::new();
        open.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let Ok((mut outside, _)) = listener.accept().await else { continue };
                connections.spawn(async move {
                    let Ok(mut inside) = TcpStream::connect(to).await else { return };
                    let _either_side_hung_up = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
                });
                while connections.try_join_next().is_some() {}
            }
        });
        self.open = Some(open);
    }
}
