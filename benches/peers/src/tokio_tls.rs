//! tokio-rustls over loopback, a runtime of one thread for each end.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use xiom_benches::contest::Rival;
use xiom_benches::cpu::Moment;
use xiom_benches::material::{Material, NAME};
use xiom_benches::rows::loopback;
use xiom_benches::thrift::live::octets;

pub(crate) fn loopback<'a>(material: &Material, message: &'a [u8]) -> Result<Rival<'a>> {
    let configs = material.configs()?;
    Ok(loopback::rival("tokio-rustls", message.len(), move |count| send(&configs, message, count)))
}

fn send(
    (client, server): &(Arc<ClientConfig>, Arc<ServerConfig>),
    message: &[u8],
    count: u32,
) -> Result<Duration> {
    let (listener, address) = loopback::listen()?;
    let (acceptor, expected) = (TlsAcceptor::from(Arc::clone(server)), octets(message, count));
    let reader = thread::spawn(move || {
        loopback::runtime()?.block_on(async {
            listener.set_nonblocking(true)?;
            let socket = TcpListener::from_std(listener)?.accept().await?.0;
            let mut stream = acceptor.accept(socket).await?;
            let (start, mut got, mut room) = (Moment::now(), 0, vec![0; 64 << 10]);
            while got < expected {
                let length = stream.read(&mut room).await?;
                ensure!(length != 0, "the client has gone");
                got += length;
            }
            Ok(start.elapsed())
        })
    });
    let connector = TlsConnector::from(Arc::clone(client));
    let ours = loopback::runtime()?.block_on(async {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        let mut stream = connector.connect(NAME.try_into()?, socket).await?;
        let start = Moment::now();
        for _ in 0..count {
            stream.write_all(message).await?;
        }
        stream.flush().await?;
        Ok::<_, anyhow::Error>(start.elapsed())
    })?;
    loopback::joined(ours, reader)
}
