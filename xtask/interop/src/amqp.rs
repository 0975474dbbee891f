//! AMQP above the stream: the proof that what was opened carries octets, both ways, in order.
//!
//! The AMQP is that of fe2o3-amqp, without its own TLS and SASL.

use core::fmt::Debug;

use anyhow::{Context, Result, ensure};
use fe2o3_amqp::acceptor::{ConnectionAcceptor, LinkAcceptor, LinkEndpoint, SessionAcceptor};
use fe2o3_amqp::types::messaging::Body;
use fe2o3_amqp::types::primitives::Value;
use fe2o3_amqp::{Connection, Receiver, Sender, Session};
use tokio::io::{AsyncRead, AsyncWrite};

/// Sends one message to `address`, gets it back, and closes the connection in order.
pub(crate) async fn round_trip<S>(stream: S, address: &str) -> Result<()>
where
    S: AsyncRead + AsyncWrite + Debug + Send + Unpin + 'static,
{
    let opening = Connection::builder().container_id("xiom-interop").open_with_stream(stream);
    let mut connection = opening.await.context("amqp open")?;
    let mut session = Session::begin(&mut connection).await.context("begin")?;
    // Both ends of a link are named: rhea's answer to an empty source or target has more fields than exist.
    let link = Sender::builder().name("out").source("xiom").target(address);
    let mut sender = link.attach(&mut session).await.context("attach sender")?;
    let link = Receiver::builder().name("back").source(address).target("xiom");
    let mut receiver = link.attach(&mut session).await.context("attach receiver")?;
    // Longer than one TLS record.
    let body = "xiom ".repeat(8000);
    let outcome = sender.send(body.clone()).await.context("send")?;
    ensure!(outcome.is_accepted(), "the message was not accepted");
    let delivery = receiver.recv::<String>().await.context("receive")?;
    receiver.accept(&delivery).await.context("accept")?;
    ensure!(*delivery.body() == body, "another message came back");
    // It closes the session and the links, too, whose own goodbyes RabbitMQ 3.10 answers in another way.
    connection.close().await.context("close")
}

/// A broker for one client: takes one message, and gives it back.
pub(crate) async fn echo<S>(stream: S) -> Result<()>
where
    S: AsyncRead + AsyncWrite + Debug + Send + Unpin + 'static,
{
    let acceptor = ConnectionAcceptor::new("xiom-interop-server");
    let mut connection = acceptor.accept(stream).await.context("amqp open")?;
    let mut session = SessionAcceptor::new().accept(&mut connection).await.context("begin")?;
    let (mut to_client, mut from_client) = (None, None);
    let links = LinkAcceptor::new();
    while to_client.is_none() || from_client.is_none() {
        match links.accept(&mut session).await.context("attach")? {
            LinkEndpoint::Sender(link) => to_client = Some(link),
            LinkEndpoint::Receiver(link) => from_client = Some(link),
        }
    }
    let (mut to_client, mut from_client) =
        to_client.zip(from_client).context("a link went missing")?;
    let delivery = from_client.recv::<Body<Value>>().await.context("receive")?;
    from_client.accept(&delivery).await.context("accept")?;
    to_client.send(delivery.into_message()).await.context("send")?;
    // The client says goodbye first, whichever of the layers it begins with.
    connection.on_close().await.context("close")
}
